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

HOW = {"reason": supply.ReturnReason.DAMAGED, "remedy": supply.Remedy.MONEY, "words": "a crack"}
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


def ask(number: str, **asked: int) -> None:
    database = Database(os.environ["HUB_DATABASE_URL"])
    gateway(database).request_return("o", lines(**asked), number=number, at=datetime.now(UTC), **HOW)  # type: ignore[arg-type]
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
