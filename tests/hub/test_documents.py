"""Suppliers hand documents in and agree to terms; the hub looks at them; nobody else ever sees one."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from shared_core import supply
from shared_core.hub import chores
from shared_core.hub.rights import RIGHTS, Right, Role
from shared_core.kernel.calendar import today
from shared_core.supply import SupplierState, vetting
from tests.hub.consoles import Console
from tests.hub.papers import HOME, hand_in, handed_in, pdf
from tests.hub.suppliers import Warehouse
from tests.hub.test_console_people import IN_PATHS, pages
from tests.hub.test_portal import rows
from tests.hub.test_supplier_api import supplier_key
from tests.media.photographs import photograph, told_too_much
from tests.security.routes import filled
from tests.storefront.walker import Walker

BROOK = "/console/suppliers/brook"
TERMS = "/console/documents/terms"


@pytest.fixture
def owner(console: Console) -> Walker:
    return console.person("owner", "ann")


@pytest.fixture
def brook(console: Console, owner: Walker) -> Walker:
    """Somebody of a supplier that asks to be sold here."""
    owner.open("/console/suppliers")
    owner.send("/console/suppliers", code="brook", name="Brook", freight="6", why="met at the fair")
    return console.person("supplier", "wang", "brook")


def state(console: Console) -> SupplierState:
    with console.database.reading() as session:
        return supply.supplier_state(session, supplier="brook")


def step(owner: Walker, to: str) -> str:
    owner.open(BROOK)
    return owner.send(f"{BROOK}/state", to=to, why="seen").text


def day(console: Console, days: int = 0) -> str:
    return (today(console.clock(), console.hub.zone) + timedelta(days=days)).isoformat()


def accept(owner: Walker, document: int) -> str:
    owner.open(BROOK)
    return owner.send(f"{BROOK}/documents/{document}/accept").text


def test_a_refused_step_keeps_what_was_typed_and_opens_no_other_form(owner: Walker, brook: Walker) -> None:
    owner.open(BROOK)
    page = owner.send(f"{BROOK}/state", to="documents", why="seen by ann")
    assert (
        page.status == 409 and 'value="seen by ann"' in page.html and 'value="documents" required checked' in page.html
    )
    assert "<details open>" not in page.html


# --- from the application to the shelf ------------------------------------------------------------------------------


def test_an_applicant_hands_in_what_is_asked_and_is_approved_then_and_not_before(
    console: Console, owner: Walker, brook: Walker
) -> None:
    assert "Say first what you sell" in brook.open(HOME).text
    assert "Nobody has said yet" in step(owner, "documents")
    brook.open(HOME)
    assert "Food permit missing" in brook.send("/portal/sectors", sector=["food"]).text
    said = step(owner, "documents")
    assert "Business licence (missing), Trademark or brand authorisation (missing), Food permit (missing)" in said
    [licence] = handed_in(console, brook, "licence", supplier="brook")
    [brand] = handed_in(console, brook, "brand", supplier="brook", kind="brand_authorisation", number="TM 7")
    [food] = handed_in(console, brook, "food", supplier="brook", kind="food_permit", valid_until=day(console, 400))
    assert "Documents to look at: 3" in owner.open("/console").text
    assert "Brook" in owner.open("/console/documents").text
    accept(owner, licence)
    accept(owner, food)
    owner.open(BROOK)
    assert owner.send(f"{BROOK}/documents/{brand}/refuse", why=" ").status == 422
    owner.open(BROOK)
    owner.send(f"{BROOK}/documents/{brand}/refuse", why="of another owner")
    assert "Trademark or brand authorisation (turned down)" in step(owner, "documents")
    assert "turned down: “of another owner”" in brook.open(HOME).text
    [again] = handed_in(console, brook, "brand 2", supplier="brook", kind="brand_authorisation", number="TM 8")
    accept(owner, again)
    assert "documents are there" in step(owner, "documents") and state(console) is SupplierState.DOCUMENTS
    told = owner.open(BROOK).text
    assert "turned down: “of another owner”" in told and "· wang" in told and "· ann" in told
    assert "<fieldset disabled>" in brook.open(HOME).html
    assert brook.send("/portal/sectors").status == 409


def test_a_form_that_is_refused_keeps_what_was_typed_and_changes_nothing(console: Console, brook: Walker) -> None:
    before = rows(console)
    for content, typed, said in (
        (b"", {}, "Choose a file first."),
        (b"<html><script>alert(1)</script></html>", {}, "no PDF, JPEG or PNG"),
        (photograph(format="GIF"), {}, "no PDF, JPEG or PNG"),
        (pdf(), {"number": " "}, "Write down its number"),
        (pdf(), {"valid_until": "31.12.2026"}, "is not a day"),
        (pdf(), {"valid_until": "2026-02-30"}, "is not a day"),
        (pdf(), {"valid_until": "2020-01-01"}, "It was valid until 2020-01-01 only."),
    ):
        page = hand_in(brook, content, name="x.pdf", **{"kind": "food_permit", **typed})
        assert page.status == 422 and said in page.text, said
        fields = dict(page.form(HOME).fields)
        assert fields["kind"] == "food_permit" and fields["number"] == typed.get("number", "91330100")
    assert hand_in(brook, pdf(), kind="passport").status == 422
    assert rows(console) == before and not console.hub.documents.folder.exists()


def test_a_document_that_is_too_large_is_refused(console: Console, brook: Walker) -> None:
    most = 10 * 2**20
    assert hand_in(brook, b"%PDF-" + bytes(most)).status == 422
    assert hand_in(brook, b"%PDF-" + bytes(most + 200_000)).status == 413


def test_the_same_form_twice_is_one_document(console: Console, brook: Walker) -> None:
    first, second = handed_in(console, brook, "same", "same", supplier="brook")
    assert first == second


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_document_is_put_away_and_never_shown_as_a_page(console: Console, owner: Walker, brook: Walker) -> None:
    content = pdf("<html><script>alert(1)</script>")
    assert hand_in(brook, content, name="evil.html").status == 200
    hand_in(brook, told_too_much(), name="photo", kind="food_permit")
    with console.database.reading() as session:
        paper, photo = vetting.documents.documents(session, "brook")
    for walker, home in ((brook, HOME), (owner, f"{BROOK}/documents")):
        answer = walker.client.get(f"{home}/{paper.id}")
        assert answer.content == content and answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'attachment; filename="brook-business_licence-{paper.id}.pdf"'
        assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
        assert "sandbox" in answer.headers["content-security-policy"]
        picture = walker.client.get(f"{home}/{photo.id}")
        assert picture.headers["content-type"] == "image/jpeg" and b"SecretCam" not in picture.content
        assert picture.headers["content-disposition"].startswith("attachment")


def test_a_file_that_was_lost_is_not_found(console: Console, brook: Walker) -> None:
    [document] = handed_in(console, brook, "lost", supplier="brook")
    with console.database.reading() as session:
        kept = vetting.documents.one(session, "brook", document)
    found = console.hub.documents.find(kept.digest, kept.suffix)
    assert found is not None
    found.unlink()
    assert brook.client.get(f"{HOME}/{document}").status_code == 404


def test_no_route_gives_a_document_to_anybody_else(console: Console, owner: Walker, brook: Walker) -> None:
    """Asked on every page and form: nobody, by another supplier, by a key, by staff without the right."""
    secret = pdf("the licence of brook")
    hand_in(brook, secret)
    with console.database.reading() as session:
        [document] = vetting.documents.documents(session, "brook")
    Warehouse(console)
    key, before = supplier_key(console, "acme"), rows(console)
    strangers = {
        "nobody": TestClient(console.app),
        "acme": console.person("supplier", "li", "acme").client,
        "accountant": console.person("accountant").client,
        "a key": TestClient(console.app, headers={"Authorization": f"Bearer {key}"}),
    }
    addresses = [(method, path) for method, path, _ in pages(console) if method == "GET" or "{document}" in path]
    addresses += [("GET", f"/api/v1/media/{document.digest}/480"), ("GET", f"/media/{document.digest}/480")]
    asked = 0
    for who, client in strangers.items():
        for supplier in ("brook", "acme"):
            for method, path in addresses:
                values = IN_PATHS | {"supplier": supplier, "document": str(document.id)}
                answer = client.request(
                    method,
                    filled(path, values),
                    data={"why": "x"} if method == "POST" else None,
                    headers={"Sec-Fetch-Site": "same-origin"},
                    follow_redirects=False,
                )
                if "{document}" in path:
                    assert answer.status_code in (303, 401, 403, 404), f"{who} {method} {path}: {answer.status_code}"
                assert secret not in answer.content, f"{who} {method} {path}"
                asked += 1
    assert asked > 300 and rows(console) == before
    mixed = owner.client.get(f"/console/suppliers/acme/documents/{document.id}")
    assert mixed.status_code == 404, "also the hub's people find it at its owner alone"
    assert [role for role in Role if Right.SUPPLIERS in RIGHTS[role]] == [Role.OWNER, Role.OPERATOR]


def test_another_suppliers_documents_are_on_none_of_ones_pages(console: Console, brook: Walker) -> None:
    Warehouse(console)
    other = console.person("supplier", "li", "acme")
    handed_in(console, other, "theirs", number="ACME-77")
    handed_in(console, brook, "ours", supplier="brook", number="BROOK-1")
    assert "BROOK-1" in brook.open(HOME).text and "ACME-77" not in brook.open(HOME).text
    assert "ACME-77" in other.open(HOME).text and "BROOK-1" not in other.open(HOME).text


def test_who_only_reads_sees_how_it_stands_and_no_document(console: Console, brook: Walker) -> None:
    handed_in(console, brook, "x", supplier="brook", number="SECRET-9")
    page = console.person("accountant").open(BROOK)
    assert "Business licence not looked at yet" in page.text and "SECRET-9" not in page.text
    assert not [each for each in page.forms if "/documents/" in each.action or "sectors" in each.action]


# --- time -----------------------------------------------------------------------------------------------------------


def live(console: Console, owner: Walker, *, days: int) -> None:
    """Brook sells, with a licence that is good for so many days."""
    with console.database.transaction() as session:
        at, until = console.clock(), today(console.clock(), console.hub.zone) + timedelta(days=days)
        vetting.requirements.declare(session, "brook", (), actor="wang", at=at)
        for kind in (vetting.DocumentKind.BUSINESS_LICENCE, vetting.DocumentKind.BRAND_AUTHORISATION):
            last = until if kind is vetting.DocumentKind.BUSINESS_LICENCE else None
            how = {"actor": "wang", "today": until, "at": at}
            vetting.documents.hand_in(
                session, "brook", kind=kind, number="1", valid_until=last, digest="0" * 64, suffix="pdf", **how
            )
            made = vetting.documents.documents(session, "brook")[-1].id
            vetting.documents.accept(session, "brook", made, **how)
        spec = supply.ProductSpec(code="p", title="P", variants=(supply.VariantSpec("P"),))
        supply.put_product(session, spec, supplier="brook", at=at)
    for each in ("documents", "terms", "first_feed", "sample_order", "live"):
        step(owner, each)
    assert state(console) is SupplierState.LIVE


def test_a_document_that_expires_is_told_everywhere_days_ahead(console: Console, owner: Walker, brook: Walker) -> None:
    live(console, owner, days=30 + 1)
    for path, walker in (("/console/suppliers", owner), (BROOK, owner), ("/portal", brook), (HOME, brook)):
        assert "expires soon" not in walker.open(path).text, path
    owner.open("/console/documents")
    assert owner.send("/console/documents/asked", warn_days="31").status == 200
    for path, walker in (("/console/suppliers", owner), (BROOK, owner), ("/portal", brook), (HOME, brook)):
        assert "expires soon" in walker.open(path).text, path
    assert "Suppliers whose documents expire or have expired: 1" in owner.open("/console").text
    console.clock.pass_by(timedelta(days=32))
    owner, brook = console.person("owner", "bo"), console.person("supplier", "lin", "brook")
    for path, walker in (("/console/suppliers", owner), (BROOK, owner), ("/portal", brook), (HOME, brook)):
        assert "expired" in walker.open(path).text, path
    step(owner, "suspended")
    assert "Business licence (expired)" in step(owner, "live") and state(console) is SupplierState.SUSPENDED


def test_owners_decide_what_is_asked(console: Console, owner: Walker) -> None:
    owner.open("/console/documents")
    page = owner.send("/console/documents/asked", asked=["food_permit food", "product_safety anything"], warn_days="9")
    assert page.status == 200
    with console.database.reading() as session:
        assert vetting.requirements.requirements(session) == vetting.Requirements(
            {
                vetting.DocumentKind.FOOD_PERMIT: frozenset({vetting.Sector.FOOD}),
                vetting.DocumentKind.PRODUCT_SAFETY: frozenset({vetting.Sector.ANYTHING}),
            },
            9,
        )
    for wrong in ("367", "many", ""):
        owner.open("/console/documents")
        assert owner.send("/console/documents/asked", asked=[], warn_days=wrong).status == 422
    operator = console.person("operator")
    operator.open("/console/documents")
    assert operator.send("/console/documents/asked", asked=[], warn_days="1").status == 403


# --- terms ----------------------------------------------------------------------------------------------------------


def publish(owner: Walker, words: str, until: str) -> str:
    owner.open(TERMS)
    return owner.send(TERMS, words=words, accept_by=until).text


def test_terms_are_accepted_in_the_portal_and_kept_with_who_and_when(
    console: Console, owner: Walker, brook: Walker
) -> None:
    live(console, owner, days=500)
    publish(owner, "Paid within 30 days.\r\n<b>Always.</b>", day(console, 7))
    assert "New terms are to be accepted" in brook.open("/portal").text
    page = brook.open("/portal/terms")
    assert "<b>Always" not in page.html and "Paid within 30 days." in page.text
    stale = page
    publish(owner, "Paid within 20 days.", day(console, 7))
    brook.page = stale
    refused = brook.send("/portal/terms/accept")
    assert refused.status == 409 and "These are not the present terms" in refused.text
    page = brook.send("/portal/terms/accept")
    assert "You have agreed to the terms." in page.text and "wang accepted them on" in page.text
    assert "New terms" not in brook.open("/portal").text
    told = owner.open(BROOK).text
    with console.database.reading() as session:
        [kept] = vetting.terms.acceptances(session, "brook")
    assert kept.digest[:12] in told and "It accepted the terms of" in told and kept.at == console.clock()
    publish(owner, "Paid within 10 days.", day(console, 3))
    page = owner.open(f"{TERMS}?version={kept.digest}")
    assert "Paid within 20 days." in page.text and "an older one" in page.text
    page = brook.open("/portal/terms")
    assert f"/portal/terms?version={kept.digest}" in page.links and "Paid within 20 days." not in page.text
    assert "Paid within 20 days." in brook.open(f"/portal/terms?version={kept.digest}").text
    with console.database.reading() as session:
        never_agreed = vetting.terms.versions(session)[-1].digest
    assert brook.open(f"/portal/terms?version={never_agreed}").status == 404
    assert owner.open(f"{TERMS}?version={'0' * 64}").status == 404 and "brook" in owner.open(TERMS).text


def test_who_lets_new_terms_pass_is_suspended_by_the_clock(console: Console, owner: Walker, brook: Walker) -> None:
    live(console, owner, days=500)
    publish(owner, "Paid within 30 days.", day(console, 2))
    assert chores.suspend_unagreed(console.hub, console.clock()) == 0 and state(console) is SupplierState.LIVE
    console.clock.pass_by(timedelta(days=3))
    assert chores.suspend_unagreed(console.hub, console.clock()) == 1 and state(console) is SupplierState.SUSPENDED
    owner, brook = console.person("owner", "bo"), console.person("supplier", "lin", "brook")
    assert "the terms were not accepted in time · clock" in owner.open(BROOK).text
    assert "has not accepted the present terms" in step(owner, "live")
    assert "Nothing of yours is on offer" in brook.open("/portal/terms").text
    brook.send("/portal/terms/accept")
    step(owner, "live")
    assert state(console) is SupplierState.LIVE


def test_terms_that_cannot_be_are_refused_and_stay_in_the_form(console: Console, owner: Walker) -> None:
    for words, until, said in (
        (" ", day(console), "Terms have between 1 and 100000 characters."),
        ("x", day(console, -1), "is over. Give suppliers until today at least."),
        ("x", "soon", "is not a day"),
    ):
        owner.open(TERMS)
        page = owner.send(TERMS, words=words, accept_by=until)
        assert page.status == 422 and said in page.text
        assert ("accept_by", until) in page.form(TERMS).fields
    with console.database.reading() as session:
        assert vetting.terms.versions(session) == []
    operator = console.person("operator")
    assert not [each for each in operator.open(TERMS).forms if each.action == TERMS]


def test_terms_of_the_greatest_length_are_taken_in_any_script(console: Console, owner: Walker) -> None:
    assert "Saved." in publish(owner, "约" * vetting.TERMS_LENGTH_MAX, day(console))
    with console.database.reading() as session:
        kept = vetting.terms.present(session)
    assert kept is not None and len(kept.words) == vetting.TERMS_LENGTH_MAX


def test_pages_of_documents_speak_chinese(owner: Walker, brook: Walker) -> None:
    assert owner.open("/console/documents?lang=zh-CN").headings[0] == "资质文件"
    assert brook.open(f"{HOME}?lang=zh-CN").headings[0] == "资质文件"
