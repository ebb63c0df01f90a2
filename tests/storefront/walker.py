"""Somebody with a browser that runs no scripts: opens pages, reads them, fills in forms as they stand there."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from shared_core import members
from tests.storefront.conftest import PASSWORD, Front

VOID = {"meta", "link", "img", "input", "br", "path", "circle", "use", "rect"}


@dataclass
class FormOnPage:
    """`fields` are what a browser would send if nobody touched anything; `buttons` what each button adds."""

    action: str
    method: str
    identity: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page as it was answered: its forms, links, headings and plain text."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.url = str(answer.url)
        self.html = answer.text
        self.forms: list[FormOnPage] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.headings: list[str] = []
        self.language = ""
        self._form: FormOnPage | None = None
        self._select = self._select_form = ""
        self._elsewhere: list[tuple[str, tuple[str, str]]] = []
        self._in_heading = False
        self.feed(answer.text)
        for identity, pair in self._elsewhere:
            next(form for form in self.forms if form.identity == identity).fields.append(pair)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def form(self, action: str, **having: str) -> FormOnPage:
        """The form that posts to `action` and holds these fields."""
        found = [
            form
            for form in self.forms
            if form.action == action and all((name, value) in form.fields for name, value in having.items())
        ]
        assert found, f"no form to {action} with {having} on {self.url}: {[each.action for each in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag in ("h1", "h2"):
            self._in_heading = True
            self.headings.append("")
        elif tag == "form":
            self._form = FormOnPage(given.get("action", ""), given.get("method", "get"), given.get("id", ""))
            self.forms.append(self._form)
        elif tag == "select":
            self._select, self._select_form = given["name"], given.get("form", "")
        elif tag == "option" and "selected" in given and self._select_form:
            self._elsewhere.append((self._select_form, (self._select, given["value"])))
        elif tag == "option" and self._form is not None and "selected" in given:
            self._form.fields.append((self._select, given["value"]))
        elif tag in ("input", "button", "textarea") and given.get("name"):
            self._control(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in ("h1", "h2"):
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._in_heading:
            self.headings[-1] += data

    def _control(self, tag: str, given: dict[str, str]) -> None:
        pair = (given["name"], given.get("value", ""))
        if "disabled" in given:
            return
        if tag == "button":
            if self._form is not None:
                self._form.buttons.append(pair)
        elif given.get("type") not in ("radio", "checkbox") or "checked" in given:
            if "form" in given:
                self._elsewhere.append((given["form"], pair))
            elif self._form is not None:
                self._form.fields.append(pair)


@dataclass
class Walker:
    """One browser. It sends no Origin and no Sec-Fetch-Site, as old ones do, so forms must prove themselves."""

    client: TestClient
    page: Page | None = None

    def open(self, path: str) -> Page:
        self.page = Page(self.client.get(path, follow_redirects=True))
        return self.page

    def send(self, action: str, *, button: tuple[str, str] | None = None, having: Any = None, **typed: Any) -> Page:
        """Fill in the form on this page and send it; follows to where it leads."""
        assert self.page is not None, "open a page first"
        form = self.page.form(action, **(having or {}))
        body: dict[str, list[str]] = {}
        for name, value in form.fields:
            if name not in typed:
                body.setdefault(name, []).append(value)
        for name, value in typed.items():
            body[name] = [str(each) for each in value] if isinstance(value, list) else [str(value)]
        if button is not None:
            body.setdefault(button[0], []).append(button[1])
        if form.method.lower() == "get":
            answer = self.client.get(action, params=body, follow_redirects=True)
        else:
            answer = self.client.post(action, data=body, follow_redirects=True)
        self.page = Page(answer)
        return self.page

    def sign_up(self, login: str, name: str, *, after: str = "") -> Page:
        self.open("/signup" + (f"?next={after}" if after else ""))
        return self.send("/signup", name=name, login=login, password=PASSWORD)


def walker(front: Front, *, language: str = "en") -> Walker:
    client = front.browser()
    del client.headers["Origin"]
    client.headers.update({"Accept": "text/html,application/xhtml+xml", "Accept-Language": language})
    return Walker(client)


def staff_walker(front: Front, role: members.StaffRole = "owner") -> Walker:
    client = front.staff(role)
    del client.headers["Origin"]
    client.headers.update({"Accept": "text/html", "Accept-Language": "en"})
    return Walker(client)
