"""Returns over HTTP: what the customer sees and says, what the back office decides, and who may do neither."""

from shared_core import orders, supply
from tests.storefront.conftest import Front
from tests.storefront.test_pages import order_one
from tests.storefront.walker import Walker, staff_walker, walker

RECEIPT = {"carrier": "SF", "tracking": "SF1234567890123"}


def bought(front: Front) -> tuple[Walker, Walker, str]:
    """A customer, staff, and an order of one lamp that has arrived."""
    front.stock("A")
    owner, buyer = staff_walker(front), walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    number = order_one(buyer, "p-a")
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/orders/{number}/payment", transaction="T-1")
    front.settle()
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/orders/{number}/ship", **RECEIPT)
    owner.send(f"/admin/orders/{number}/deliver")
    front.settle()
    return buyer, owner, number


def asked(front: Front, buyer: Walker, number: str, **said: str) -> str:
    buyer.open(f"/orders/{number}")
    how = {"pieces": "1", "why": "damaged", "remedy": "money", "words": "a crack"} | said
    assert "We have your request" in buyer.send(f"/orders/{number}/returns", **how).text
    return f"{number}-R1"


def test_a_customer_sees_each_box_and_where_it_is(front: Front) -> None:
    buyer, _, number = bought(front)
    page = buyer.open(f"/orders/{number}")
    assert "SF1234567890123" in page.text and "Lamp A × 1" in page.text and "delivered" in page.text
    assert "https://www.sf-express.com/chn/sc/waybill/waybill-detail/SF1234567890123" in page.links


def test_a_return_goes_its_way_from_the_request_to_the_money(front: Front) -> None:
    buyer, owner, number = bought(front)
    back = asked(front, buyer, number)
    listed = owner.open("/admin/returns")
    assert back in listed.text and "a crack" in listed.text
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/returns/{back}/accept", button=("when", "inspected"), answer="We are sorry")
    front.settle()
    owner.open(f"/admin/orders/{number}")
    where = {"name": "Returns", "phone": "0571", "city": "Ningbo", "street": "9 Dock Road"}
    owner.send(f"/admin/returns/{back}/authorise", **where)
    page = buyer.open(f"/orders/{number}")
    assert "We are sorry" in page.text and "9 Dock Road" in page.text and "Send it before" in page.text
    told = buyer.send(f"/orders/{number}/returns/{back}/parcel", carrier="EMS", tracking="1")
    assert told.status == 422 and "cannot be a tracking number" in told.text
    buyer.send(f"/orders/{number}/returns/{back}/parcel", carrier="EMS", tracking="EE123456785CN")
    front.settle()
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/returns/{back}/receive")
    owner.send(f"/admin/returns/{back}/inspect", sellable="1", unsellable="0", refused="0")
    front.settle()
    page = buyer.open(f"/orders/{number}")
    assert "settled" in page.text and "Lamp A: 1 accepted" in page.text
    assert "goods came back" in owner.open(f"/admin/orders/{number}").text
    with front.shop.database.reading() as session:
        assert supply.level(session, sku="A").free == 10
        assert supply.stock_discrepancies(session) == []
    assert back not in owner.open("/admin/returns").text and back in owner.open("/admin/returns?every=true").text


def test_a_wrong_count_of_pieces_settles_nothing(front: Front) -> None:
    buyer, owner, number = bought(front)
    back = asked(front, buyer, number)
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/returns/{back}/accept", button=("when", "now"))
    front.settle()
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/returns/{back}/receive")
    said = owner.send(f"/admin/returns/{back}/inspect", sellable="1", unsellable="1", refused="0")
    assert said.status == 422 and "say of each whether it is sellable" in said.text
    assert "being looked at" in buyer.open(f"/orders/{number}").text


def test_a_refusal_needs_a_reason_that_the_customer_reads(front: Front) -> None:
    buyer, owner, number = bought(front)
    back = asked(front, buyer, number)
    owner.open(f"/admin/orders/{number}")
    form = dict(owner.open(f"/admin/orders/{number}").form(f"/admin/returns/{back}/accept").fields)
    silent = owner.client.post(f"/admin/returns/{back}/refuse", data=form)
    assert silent.status_code == 422
    owner.client.post(f"/admin/returns/{back}/refuse", data=form | {"answer": "It was worn"})
    assert "It was worn" in buyer.open(f"/orders/{number}").text


def test_nobody_returns_what_another_bought(front: Front) -> None:
    buyer, _, number = bought(front)
    stranger = walker(front)
    stranger.sign_up("cai@example.com", "Cai")
    form = dict(buyer.open(f"/orders/{number}").form(f"/orders/{number}/returns").fields)
    own = next(value for each in stranger.open("/me").forms for name, value in each.fields if name == "csrf_token")
    body = form | {"pieces": "1", "why": "damaged", "remedy": "money", "words": "", "csrf_token": own}
    assert stranger.client.post(f"/orders/{number}/returns", data=body).status_code == 404


def test_staff_without_the_right_to_refund_cannot_decide(front: Front) -> None:
    buyer, _, number = bought(front)
    back = asked(front, buyer, number)
    staff = staff_walker(front, "staff")
    page = staff.open(f"/admin/orders/{number}")
    assert back in page.text and not [form for form in page.forms if form.action.endswith("/accept")]


def refused_by_supply(front: Front) -> tuple[Walker, Walker, str]:
    """A customer, staff, and an order whose return the shop accepts and the supply side does not take."""
    buyer, owner, number = bought(front)
    back = asked(front, buyer, number)
    shop = front.shop
    how = {"reason": supply.ReturnReason.DAMAGED, "remedy": supply.Remedy.MONEY, "words": "", "at": front.clock()}
    shop.desk.gateway.request_return(number, [supply.HoldLine("A", 1)], number="elsewhere", **how)  # type: ignore[arg-type]
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/returns/{back}/accept", button=("when", "inspected"))
    front.settle()
    return buyer, owner, number


def test_why_the_supply_side_takes_nothing_back_is_read_by_staff_in_their_language_and_by_no_customer(
    front: Front,
) -> None:
    buyer, owner, number = refused_by_supply(front)
    ours = "Of A 0 can be sent back: only what has left, and is in no other return."
    theirs = "A 还可寄回 0 件：须已发出，且不在其他退货中。"
    for language, sentence, calm in (
        ("en", ours, "This cannot be sent back. Please ask the shop what else can be done."),
        ("zh-CN", theirs, "这件商品无法退回，请联系店铺商量其他办法。"),
    ):
        seen = buyer.open(f"/orders/{number}?lang={language}")
        inside = owner.open(f"/admin/orders/{number}?lang={language}")
        assert calm in seen.text and sentence not in seen.text
        assert sentence in inside.text and calm not in inside.text


def test_a_refusal_of_which_only_a_sentence_was_kept_is_still_shown(front: Front) -> None:
    buyer, owner, number = refused_by_supply(front)
    with front.shop.database.transaction() as session:
        kept = orders.the_return(session, f"{number}-R1")
        kept.refusal, kept.said = None, "There is no hold of this name."
    for page in (buyer.open(f"/orders/{number}"), owner.open(f"/admin/orders/{number}")):
        assert "The supplier says: There is no hold of this name." in page.text


def test_a_refusal_of_a_later_version_says_only_that_it_is_one(front: Front) -> None:
    buyer, owner, number = refused_by_supply(front)
    with front.shop.database.transaction() as session:
        orders.the_return(session, f"{number}-R1").refusal = {"code": "moon_in_the_way", "params": {}}
    seen, inside = buyer.open(f"/orders/{number}"), owner.open(f"/admin/orders/{number}")
    assert "This cannot be sent back." in seen.text and "moon" not in seen.text
    assert inside.status == 200 and "declined by the supplier" in inside.text


def test_nobody_is_promised_money_for_what_the_supplier_declined(front: Front) -> None:
    buyer, owner, number = refused_by_supply(front)
    for page in (buyer.open(f"/orders/{number}"), owner.open(f"/admin/orders/{number}")):
        assert "No money goes back for it" in page.text and "once it was looked at" not in page.text
