"""Pictures of the hub's goods, put there at the console: checked by content, described, put first, taken away."""

import re

import pytest

from shared_core import supply
from tests.hub.consoles import Console
from tests.hub.suppliers import Warehouse
from tests.media.photographs import photograph
from tests.storefront.walker import Page, Walker
from tests.supply import goods

HOME = "/console/goods/pictures"


@pytest.fixture
def code(console: Console) -> str:
    Warehouse(console)
    with console.database.reading() as session:
        return supply.products_page(session, limit=1).products[0].code


def put(walker: Walker, code: str, content: bytes, alt: str = "", name: str = "x.jpg") -> Page:
    """As the form of the product's page does."""
    page = walker.open(f"/console/goods/of/{code}")
    token = dict(page.form(HOME).fields)["csrf_token"]
    fields = {"csrf_token": token, "code": code, "alt": alt}
    return Page(walker.client.post(HOME, data=fields, files={"picture": (name, content)}))


def shown(console: Console, code: str) -> list[tuple[str, str]]:
    with console.database.reading() as session:
        return [(each.digest, each.alt) for each in supply.pictures_shown(session, code)]


def test_pictures_are_put_there_described_put_first_and_taken_away(console: Console, code: str) -> None:
    operator = console.person("operator")
    assert put(operator, code, photograph("tomato"), "front").status == 200
    page = put(operator, code, photograph("navy", format="PNG"), "back", name="x.txt")
    [front, back] = shown(console, code)
    assert (front[1], back[1]) == ("front", "back")
    [first, *_] = re.findall(r'src="(/api/v1/media/[^"]+)"', page.html)
    assert operator.client.get(first).headers["content-type"] == "image/webp"
    operator.open(f"/console/goods/of/{code}")
    operator.send(f"{HOME}/first", code=code, digest=back[0])
    assert shown(console, code) == [back, front]
    operator.open(f"/console/goods/of/{code}")
    operator.send(f"{HOME}/words", code=code, digest=front[0], alt="the front, in red")
    assert shown(console, code) == [back, (front[0], "the front, in red")]
    operator.open(f"/console/goods/of/{code}")
    assert operator.send(f"{HOME}/remove", code=code, digest=front[0]).status == 200
    assert shown(console, code) == [back]
    assert put(operator, code, photograph("gold")).status == 200
    assert shown(console, code)[0] == back


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a nonsense"])
def test_what_is_no_picture_is_refused_and_says_why(console: Console, code: str, content: bytes) -> None:
    page = put(console.person("owner"), code, content)
    assert page.status == 422 and ("picture that can be read" in page.text or "Choose a file" in page.text)
    assert shown(console, code) == []


def test_pictures_that_are_not_there_cannot_be_changed(console: Console, code: str) -> None:
    owner = console.person("owner")
    put(owner, code, photograph())
    for step in ("words", "first", "remove"):
        token = dict(owner.open(f"/console/goods/of/{code}").form(HOME).fields)["csrf_token"]
        answer = owner.client.post(f"{HOME}/{step}", data={"csrf_token": token, "code": code, "digest": "0" * 64})
        assert answer.status_code == 422
    [(digest, _)] = shown(console, code)
    without_token = owner.client.post(f"{HOME}/remove", data={"code": code, "digest": digest})
    assert without_token.status_code == 403
    assert len(shown(console, code)) == 1


def test_who_only_reads_sees_pictures_and_no_forms(console: Console, code: str) -> None:
    put(console.person("owner"), code, photograph(), "front")
    page = console.person("accountant").open(f"/console/goods/of/{code}")
    assert "front" in page.text and not [form for form in page.forms if HOME in form.action]


def test_a_product_whose_code_has_a_slash_gets_pictures_too(console: Console) -> None:
    with console.database.transaction() as session:
        goods.put(session, "lamps/small")
    operator = console.person("operator")
    [link] = [each for each in operator.open("/console/goods").links if each.startswith("/console/goods/of/")]
    page = operator.open(link)
    token = dict(page.form(HOME).fields)["csrf_token"]
    fields = {"csrf_token": token, "code": "p-lamps/small"}
    made = Page(operator.client.post(HOME, data=fields, files={"picture": ("x.jpg", photograph("tomato"))}))
    assert made.status == 200 and made.url.partition("?")[0].endswith(link)
    assert len(shown(console, "p-lamps/small")) == 1
