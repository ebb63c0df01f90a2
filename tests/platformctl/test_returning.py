"""Returns by the command line of a hub."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from tests.databases import Databases
from tests.platformctl.conftest import Command
from tests.supply.goods import HOME, lines, stocked

TERMS = ("--name", "Acme returns", "--phone", "1", "--city", "Ningbo", "--street", "9 Dock Road")


@pytest.fixture
def hub(ctl: Command, place: Path, monkeypatch: pytest.MonkeyPatch, databases: Databases) -> Iterator[Path]:
    """A hub whose store "north" has got three A."""
    with databases.empty() as url:
        monkeypatch.setenv("HUB_DATABASE_URL", url)
        assert ctl("hub", "init", "hub", "--name", "Sample hub", "--locale", "en").code == 0
        folder = place / "hub"
        assert ctl("hub", "migrate", "-C", folder).code == 0
        assert ctl("hub", "tenant", "add", "north", "--name", "North", "-C", folder).code == 0
        database, at = Database(os.environ["HUB_DATABASE_URL"]), datetime.now(UTC)
        stocked(database, {"A": 5})
        shop = gateway(database)
        shop.hold("o", lines(A=3), customer="c", ttl=timedelta(minutes=30), at=at)
        shop.confirm("o", ship_to=HOME, at=at)
        with database.transaction() as session:
            supply.ship(session, number="north.o-1", carrier="Local", tracking_number="1", at=at)
        database.dispose()
        yield folder


def gateway(database: Database) -> supply.TenantGateway:
    terms = supply.Terms("north", "CNY", tenant=True)
    return supply.TenantGateway(supply.LocalGateway(database, terms), terms)


def ask(number: str, remedy: supply.Remedy = supply.Remedy.MONEY, **asked: int) -> None:
    database = Database(os.environ["HUB_DATABASE_URL"])
    why = {"reason": supply.ReturnReason.DAMAGED, "words": "a crack"}
    gateway(database).request_return(
        "o",
        lines(**asked),
        number=number,
        remedy=remedy,
        at=datetime.now(UTC),
        **why,  # type: ignore[arg-type]
    )
    database.dispose()


def test_a_return_is_decided_received_and_looked_at(ctl: Command, hub: Path) -> None:
    ask("r1", A=2)
    assert "north.r1  to be decided  A × 2" in ctl("hub", "return", "list", "-C", hub).out
    homeless = ctl("hub", "return", "authorise", "north.r1", "-C", hub)
    assert (homeless.code, "It is not known where acme takes goods back" in homeless.err) == (2, True), homeless.err
    assert ctl("hub", "return", "terms", "acme", *TERMS, "--send-days", "9", "-C", hub).code == 0
    assert ctl("hub", "return", "authorise", "north.r1", "--by", "ann", "-C", hub).code == 0
    early = ctl("hub", "return", "inspect", "north.r1", "A=1,0,1", "-C", hub)
    assert (early.code, "it cannot become settled" in early.err) == (3, True), early.err
    assert ctl("hub", "return", "receive", "north.r1", "--by", "ann", "-C", hub).code == 0
    for wrong in ("A=1,0", "1,0,1", "A=1,0,-1"):
        said = ctl("hub", "return", "inspect", "north.r1", wrong, "-C", hub)
        assert (said.code, "SELLABLE,UNSELLABLE,REFUSED" in said.err) == (2, True), said.err
    found = ("hub", "return", "inspect", "north.r1", "A=1,0,1", "--say", "one was worn", "--freight", "6")
    told = json.loads(ctl(*found, "--by", "ann", "-C", hub, "--json").out)
    assert (told["state"], told["owed_less"], told["said"]) == ("settled", "46.00", "one was worn")
    assert told["inspected"] == [{"sku": "A", "sellable": 1, "unsellable": 0, "refused": 1}]
    assert [(step["state"], step["actor"]) for step in told["steps"][1:]] == [
        ("authorised", "ann"),
        ("received", "ann"),
        ("settled", "ann"),
    ]
    assert ctl("hub", "return", "list", "-C", hub).out == ""
    assert "one was worn" in ctl("hub", "return", "list", "--all", "--supplier", "acme", "-C", hub).out
    assert "one was worn" in ctl("hub", "return", "show", "north.r1", "-C", hub).out
    assert ctl("hub", "books", "-C", hub).code == 0


def test_a_return_is_declined_with_a_reason(ctl: Command, hub: Path) -> None:
    ask("r1", A=1)
    assert ctl("hub", "return", "decline", "north.r1", "--say", "worn", "-C", hub).code == 0
    assert json.loads(ctl("hub", "return", "show", "north.r1", "-C", hub, "--json").out)["said"] == "worn"
    unknown = ctl("hub", "return", "show", "r1", "-C", hub)
    assert (unknown.code, "There is no return r1" in unknown.err) == (2, True), unknown.err


def test_new_pieces_are_sent_and_arrive_and_somebody_says_so(ctl: Command, hub: Path) -> None:
    ask("r1", remedy=supply.Remedy.REPLACEMENT, A=1)
    assert ctl("hub", "return", "receive", "north.r1", "-C", hub).code == 0
    assert ctl("hub", "return", "inspect", "north.r1", "A=0,1,0", "-C", hub).code == 0
    early = ctl("hub", "return", "made-good", "north.r1", "--by", "ann", "-C", hub)
    assert (early.code, "north.r1" in early.err) == (3, True), early.err
    box = ("--carrier", "Local", "--tracking", "N1", "--by", "ann")
    assert ctl("hub", "return", "replace", "north.r1", *box, "-C", hub).code == 0
    assert ctl("hub", "return", "made-good", "north.r1", "--by", "bob", "-C", hub).code == 0
    database = Database(os.environ["HUB_DATABASE_URL"])
    with database.reading() as session:
        story = supply.supplier_order_story(session, "north.o-1")
    database.dispose()
    assert [(each.kind, each.actor) for each in story.events[-2:]] == [
        ("return_replaced", "ann"),
        ("return_made_good", "bob"),
    ]
