"""Who in the back office may do what: every page and every operation names its right, and holds to it."""

import re
from collections.abc import Iterator
from pathlib import Path

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from shared_core.storefront.rights import RIGHTS, Right, allows
from shared_core.storefront.viewer import Holder
from tests.security.routes import filled
from tests.storefront.conftest import Front, key
from tests.storefront.test_pages import order_one
from tests.storefront.walker import staff_walker, walker

OFFICE = re.compile(r"(/api/v1)?/admin(/|$)")
DOCUMENT = Path(__file__).parents[2] / "docs" / "accounts.md"


def office(front: Front) -> list[tuple[str, str, set[Right]]]:
    """(method, path, the rights it asks for) of everything in the back office, page or API."""
    found = []
    for route in iter_route_contexts(front.app.routes):
        path = getattr(route, "path", "") or ""
        if OFFICE.match(path):
            asked = {each.right for each in holders(route.dependant)}
            found += [(method, path, asked) for method in sorted(route.methods or ())]
    return found


def holders(dependant: Dependant) -> Iterator[Holder]:
    if isinstance(dependant.call, Holder):
        yield dependant.call
    for each in dependant.dependencies:
        yield from holders(each)


def test_every_page_and_operation_of_the_back_office_names_one_right(front: Front) -> None:
    found = office(front)
    assert len(found) > 30
    assert [(method, path) for method, path, asked in found if len(asked) != 1] == []
    assert {right for _, _, asked in found for right in asked} == set(Right), "a right that opens nothing"


def test_who_lacks_a_right_is_refused_and_who_has_it_is_not(front: Front) -> None:
    staff = front.staff("staff")
    for method, path, [right] in office(front):
        answer = staff.request(method, filled(path, {}), headers=key())
        refused = (answer.status_code, answer.json()["code"] if answer.status_code == 403 else "")
        assert (refused == (403, "right_missing")) == (not allows("staff", right)), f"{method} {path}: {answer.text}"


def test_an_owner_may_do_everything_and_a_customer_nothing() -> None:
    assert RIGHTS["owner"] == set(Right)
    assert not any(allows(None, right) for right in Right)


def test_the_documented_rights_are_the_rights() -> None:
    table = DOCUMENT.read_text("utf-8").split("<!-- rights:")[1].split("<!-- end of rights -->")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \| (yes|no) \|$", table, re.MULTILINE)
    said = {(right, staff == "yes", owner == "yes") for right, staff, owner in rows}
    assert said == {(right.value, allows("staff", right), allows("owner", right)) for right in Right}


def test_the_menu_and_the_pages_offer_only_what_one_may_do(front: Front) -> None:
    front.stock("A")
    owner, staff, buyer = staff_walker(front), staff_walker(front, "staff"), walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    number = order_one(buyer, "p-a")
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/orders/{number}/payment", transaction="T-1")
    for path, action in ((f"/admin/orders/{number}", "/refund"), ("/admin/products", "/price"), ("/admin", "")):
        seen, hidden = owner.open(path), staff.open(path)
        assert (seen.status, hidden.status) == (200, 200)
        assert "/admin/payouts" in seen.links and "/admin/payouts" not in hidden.links
        if action:
            assert [form for form in seen.forms if form.action.endswith(action)]
            assert not [form for form in hidden.forms if form.action.endswith(action)]
    refused = staff.open("/admin/books")
    assert refused.status == 403 and "Only an owner of the shop may do this." in refused.text
