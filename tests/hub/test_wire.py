"""What goes over the wire: names in paths, answers of newer and older hubs, refusals."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import supply
from shared_core.supply import wire
from tests.supply.goods import NOON, yuan

HOLD = {
    "reference": "1042",
    "state": "held",
    "expires_at": "2026-03-02T12:30:00Z",
    "lines": [{"sku": "A-1", "quantity": 2, "supply_price": {"minor": 4000, "currency": "CNY"}, "sale": ""}],
    "freights": [{"supplier": "acme", "freight": {"minor": 800, "currency": "CNY"}}],
    "fee_bps": 200,
}
CONFIRMATION = {
    "reference": "1042",
    "supplier_orders": [
        {
            "number": "1042-1",
            "supplier": "acme",
            "lines": [{"sku": "A-1", "quantity": 2}],
            "supply": {"minor": 8000, "currency": "CNY"},
            "freight": {"minor": 800, "currency": "CNY"},
        }
    ],
    "supply": {"minor": 8000, "currency": "CNY"},
    "freight": {"minor": 800, "currency": "CNY"},
    "fee": {"minor": 178, "currency": "CNY"},
}
WITHDRAWAL = {
    "withdrawal": "R7",
    "reference": "1042",
    "lines": [{"sku": "A-1", "quantity": 1}],
    "supply": {"minor": 4000, "currency": "CNY"},
    "freight": {"minor": 0, "currency": "CNY"},
    "fee": {"minor": 89, "currency": "CNY"},
    "returns": [],
}
RETURN = {
    "number": "R7",
    "reference": "1042",
    "supplier_order": "1042-1",
    "state": "settled",
    "reason": "damaged",
    "remedy": "money",
    "lines": [{"sku": "A-1", "quantity": 2}],
    "supply": {"minor": 4000, "currency": "CNY"},
    "freight": {"minor": 0, "currency": "CNY"},
    "fee": {"minor": 89, "currency": "CNY"},
    "said": "one was worn",
    "address": {
        "name": "Returns",
        "phone": "1",
        "street": "9 Dock Road",
        "city": "Ningbo",
        "region": "",
        "district": "",
        "postcode": "",
        "country": "CN",
    },
    "send_by": "2026-03-16T12:00:00Z",
    "carrier": "SF",
    "tracking_number": "SF1234567890123",
    "inspected": [{"sku": "A-1", "sellable": 0, "unsellable": 1, "refused": 1}],
    "bearer": "supplier",
    "replaced": False,
    "new_box": None,
}
EVENTS = {
    "events": [
        {
            "id": 7,
            "kind": "shipped",
            "reference": "1042",
            "supplier_order": "1042-1",
            "carrier": "Local",
            "tracking_number": "SF1",
            "at": "2026-03-02T12:00:00Z",
            "lines": [{"sku": "A-1", "quantity": 2}],
            "reason": "",
            "return_number": "",
        },
        {
            "id": 8,
            "kind": "short",
            "reference": "1042",
            "supplier_order": "1042-2",
            "carrier": "",
            "tracking_number": "",
            "at": "2026-03-02T12:00:00Z",
            "lines": [{"sku": "A-1", "quantity": 2}],
            "reason": "broken in the store",
            "return_number": "",
        },
    ],
    "cursor": 8,
}
OFFERS = {
    "offers": [
        {
            "sku": "A-1",
            "product": {
                "code": "a",
                "slug": "a",
                "title": "A",
                "brand": "B",
                "category": "C",
                "description": "",
                "image_urls": ["https://img.example/a.jpg"],
                "pictures": [{"digest": "a" * 64, "alt": "A from the front", "url": ""}],
                "category_path": ["D", "C"],
            },
            "options": [["size", "L"]],
            "supply_price": {"minor": 4000, "currency": "CNY"},
            "suggested": None,
            "available": 5,
            "active": True,
            "supplier": "acme",
            "freight": {"minor": 800, "currency": "CNY"},
            "picture": "a" * 64,
            "floor": None,
            "barcode": "4006381333931",
        }
    ],
    "cursor": 3,
    "more": False,
}
SALES = {
    "sales": [
        {
            "code": "spring",
            "title": "Spring",
            "brand": "B",
            "starts_at": "2026-03-02T12:00:00Z",
            "ends_at": "2026-03-04T12:00:00Z",
            "goods": [
                {
                    "sku": "A-1",
                    "supply_price": {"minor": 3000, "currency": "CNY"},
                    "suggested": {"minor": 5900, "currency": "CNY"},
                    "floor": None,
                    "left": 10,
                    "per_customer_max": 2,
                }
            ],
        }
    ]
}
DOCUMENTS = [
    (wire.HOLD, HOLD),
    (wire.CONFIRMATION, CONFIRMATION),
    (wire.WITHDRAWAL, WITHDRAWAL),
    (wire.RETURN, RETURN),
    (wire.EVENTS, EVENTS),
    (wire.OFFERS, OFFERS),
    (wire.SALES, SALES),
]
"""The contract as it was released. A document here never changes; later protocols bring new ones, and new
fields that older answers lack."""


def grown(document: object) -> object:
    """The same from a hub that says more."""
    if isinstance(document, dict):
        return {**{name: grown(each) for name, each in document.items()}, "new_in_3": {"x": [1]}}
    return [grown(each) for each in document] if isinstance(document, list) else document


@pytest.mark.parametrize(("shape", "document"), DOCUMENTS)
def test_answers_are_written_as_released_and_read_from_newer_hubs_too(shape, document) -> None:  # type: ignore[no-untyped-def]
    read = shape.validate_python(document)
    assert shape.dump_python(read, mode="json") == document
    more = {**document, "new_in_3": 1, **{name: grown(each) for name, each in document.items()}}
    for name in ("supply_price", "suggested", "supply", "freight", "fee", "address"):
        if isinstance(more.get(name), dict):
            more[name].pop("new_in_3")
    assert shape.validate_python(more) == read


def test_a_hold_of_an_older_hub_says_nothing_of_freight() -> None:
    read = wire.HOLD.validate_python({name: each for name, each in HOLD.items() if name not in ("freights", "fee_bps")})
    assert (read.freights, read.fee_bps) == (None, None)


def test_events_of_an_older_hub_are_read_too() -> None:
    new = {"lines", "reason", "return_number"}
    old = [{name: each for name, each in event.items() if name not in new} for event in EVENTS["events"]]  # type: ignore[attr-defined]
    read = wire.EVENTS.validate_python({"events": old, "cursor": 8})
    assert [(each.lines, each.reason) for each in read.events] == [((), ""), ((), "")]


def test_offers_of_an_older_hub_say_less() -> None:
    old = deepcopy(OFFERS)
    [offer] = old["offers"]  # type: ignore[misc]
    del offer["picture"], offer["barcode"], offer["product"]["pictures"], offer["product"]["category_path"]
    [read] = wire.OFFERS.validate_python(old).offers
    assert (read.product.pictures, read.product.category_path, read.picture, read.barcode) == ((), (), "", "")


def test_a_withdrawal_of_an_older_hub_tells_of_no_returns() -> None:
    older = {name: each for name, each in WITHDRAWAL.items() if name != "returns"}
    assert wire.WITHDRAWAL.validate_python(older).returns == ()


def test_a_hold_is_read_as_the_gateway_s_own_value() -> None:
    assert wire.HOLD.validate_python(HOLD) == supply.HoldView(
        "1042",
        supply.HoldState.HELD,
        datetime(2026, 3, 2, 12, 30, tzinfo=UTC),
        (supply.HeldLine("A-1", 2, yuan(4_000)),),
        (supply.HeldFreight("acme", yuan(800)),),
        200,
    )


def test_an_offer_of_an_older_hub_lacks_what_came_later() -> None:
    older = {name: each for name, each in OFFERS["offers"][0].items() if name not in ("supplier", "freight", "floor")}  # type: ignore[index]
    [offer] = wire.OFFERS.validate_python({**OFFERS, "offers": [older]}).offers
    assert (offer.supplier, offer.freight, offer.floor) == ("", None, None)


@given(st.text(min_size=1))
def test_any_name_survives_its_way_through_a_path(name: str) -> None:
    written = wire.segment(name)
    assert written.isascii() and not set(written) & set("/?#%.;\\ ")
    assert wire.name_in(written) == name


@pytest.mark.parametrize(("name", "written"), [("1042-short_3", "1042-short_3"), ("a/1.2", "a~2F1~2E2"), ("~", "~7E")])
def test_plain_names_look_plain(name: str, written: str) -> None:
    assert wire.segment(name) == written


REFUSALS = [
    supply.OutOfStock(sku="A", available=2),
    supply.HoldLimitReached(limit="lines_per_hold_max", maximum=100),
    supply.ReferenceReused(reference="o"),
    supply.CreditUsedUp(),
    supply.TenantSuspended(),
]


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: error.code)
def test_a_refusal_is_raised_as_what_it_was(error: supply.OutOfStock) -> None:
    read = wire.refusal({"code": error.code, "status": error.status, "params": error.params, "new": 1})
    assert type(read) is type(error) and str(read) == str(error)


@pytest.mark.parametrize(
    "problem",
    [
        {},
        {"code": "new_in_3", "params": {}},
        {"code": "out_of_stock", "params": {"sku": "A"}},
        {"code": "out_of_stock"},
    ],
)
def test_a_refusal_nobody_knows_is_none(problem: dict[str, object]) -> None:
    assert wire.refusal(problem) is None


def test_every_call_s_instants_are_the_hub_s() -> None:
    for asked in (wire.HoldAsked, wire.ConfirmationAsked, wire.WithdrawalAsked, wire.ReturnAsked, wire.ParcelSent):
        assert "at" not in asked.model_fields
    assert wire.whole_seconds(NOON - NOON) == 0
