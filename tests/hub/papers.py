"""Documents that somebody of a supplier hands in at the portal, as the form does."""

from shared_core.supply import vetting
from tests.hub.consoles import Console
from tests.storefront.walker import Page, Walker

HOME = "/portal/documents"


def pdf(words: str = "") -> bytes:
    return b"%PDF-1.7\n% " + words.encode() + b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def hand_in(walker: Walker, content: bytes, *, name: str = "licence.pdf", **typed: str) -> Page:
    form = walker.open(HOME).form(HOME)
    fields = {"number": "91330100", "valid_until": "", "kind": "business_licence", **typed}
    fields |= {key: value for key, value in form.fields if key == "csrf_token"}
    walker.page = Page(walker.client.post(HOME, data=fields, files={"document": (name, content)}))
    return walker.page


def handed_in(console: Console, walker: Walker, *words: str, supplier: str = "acme", **typed: str) -> list[int]:
    """The numbers of documents, one for each of `words`, of the supplier of `walker`."""
    made = []
    for each in words:
        assert hand_in(walker, pdf(each), **typed).status == 200
        with console.database.reading() as session:
            made.append(vetting.documents.documents(session, supplier)[-1].id)
    return made
