"""Documents that came by mail, and the terms of suppliers, from the command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.hub.papers import pdf
from tests.platformctl.conftest import Command
from tests.platformctl.test_hubs import made

__all__ = ["made"]

WORDS = ("hub", "supplier", "documents")
TERMS = ("hub", "supplier", "terms")


@pytest.fixture
def supplier(ctl: Command, made: Path) -> str:
    assert ctl("hub", "seed", "-C", made).code == 0
    code: str = json.loads(ctl("hub", "goods", "-C", made, "--json").out)[0]["supplier"]
    return code


@pytest.fixture
def told(ctl: Command, made: Path, supplier: str) -> Callable[[], dict[str, object]]:
    def ask() -> dict[str, object]:
        found: dict[str, object] = json.loads(ctl(*WORDS, "list", supplier, "-C", made, "--json").out)
        return found

    return ask


def test_a_document_is_handed_in_looked_at_and_told(
    ctl: Command, made: Path, place: Path, supplier: str, told: Callable[[], dict[str, object]]
) -> None:
    file = place / "licence.pdf"
    file.write_bytes(pdf("licence"))
    assert "Nobody has said yet" in ctl(*WORDS, "list", supplier, "-C", made).out
    assert ctl(*WORDS, "declare", supplier, "--sells", "food", "-C", made).code == 0
    assert told()["sells"] == ["food"]
    add = (*WORDS, "add", supplier, file, "--number", "913", "--kind", "business_licence", "-C", made)
    last = (datetime.now(UTC) + timedelta(days=99)).strftime("%Y-%m-%d")
    for _ in range(2):
        assert ctl(*add, "--valid-until", last, "--by", "ann").code == 0
    [document] = told()["documents"]  # type: ignore[misc]
    number = str(document["id"])  # type: ignore[index]
    assert told()["asked"] == {
        "business_licence": "waiting", "brand_authorisation": "missing", "food_permit": "missing"
    }  # fmt: skip
    assert ctl(*WORDS, "approve", supplier, number, "--by", "bo", "-C", made).code == 0
    assert ctl(*WORDS, "refuse", supplier, number, "--reason", "withdrawn", "--by", "bo", "-C", made).code == 0
    out = ctl(*WORDS, "list", supplier, "-C", made).out
    assert f"business_licence  913  {last}  refused  (ann)" in out and "refused  withdrawn  (bo" in out
    kept = list((made / "media" / "private").rglob("*.pdf"))
    assert [each.read_bytes() for each in kept] == [file.read_bytes()]


def test_what_cannot_be_is_refused_with_a_reason(ctl: Command, made: Path, place: Path, supplier: str) -> None:
    good, bad = place / "good.pdf", place / "bad.pdf"
    good.write_bytes(pdf())
    bad.write_bytes(b"<html></html>")
    options = ("--number", "1", "-C", made)
    for arguments, said in (
        (("add", supplier, bad, "--kind", "food_permit", *options), "no PDF, JPEG or PNG"),
        (("add", supplier, place / "none.pdf", "--kind", "food_permit", *options), "No such file"),
        (("add", supplier, good, "--kind", "passport", *options), "business_licence"),
        (("add", "nobody", good, "--kind", "food_permit", *options), "nobody"),
        (("add", supplier, good, "--kind", "food_permit", "--valid-until", "2020-01-01", *options), "2020-01-01"),
        (("declare", supplier, "--sells", "cars", "-C", made), "cosmetics"),
        (("approve", supplier, "77", "-C", made), "77"),
    ):
        refused = ctl(*WORDS, *arguments)
        assert refused.code != 0 and said in refused.err and "Traceback" not in refused.err, refused.err
    assert not (made / "media" / "private").exists()


def test_terms_are_published_and_shown(ctl: Command, made: Path, place: Path, supplier: str) -> None:
    assert "none in writing" in ctl(*TERMS, "show", "-C", made).out
    file, latin = place / "terms.txt", place / "latin.txt"
    file.write_text("Paid within 30 days.\n", "utf-8")
    latin.write_bytes(b"\xff\xfe\xfa")
    last = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%d")
    made_of = json.loads(ctl(*TERMS, "publish", file, "--accept-by", last, "--by", "ann", "-C", made, "--json").out)
    told = json.loads(ctl(*TERMS, "show", "-C", made, "--json").out)
    assert told["terms"] == {"digest": made_of["digest"], "accept_by": last, "by": "ann"}
    assert supplier in told["not_accepted"] and "Paid within 30 days." in ctl(*TERMS, "show", "-C", made).out
    for wrong, day, said in (
        (latin, last, "UTF-8"),
        (place / "none", last, "No such file"),
        (file, "2020-01-01", "is over"),
    ):
        refused = ctl(*TERMS, "publish", wrong, "--accept-by", day, "-C", made)
        assert refused.code != 0 and said in refused.err, refused.err
