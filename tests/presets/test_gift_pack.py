"""gift-pack: a pack to get in, rank and rate by packs and by sales."""

import pytest

from tests.presets.conftest import OpenTown


def test_packs_and_sales_together_make_the_rank_and_the_rate(open_town: OpenTown) -> None:
    """A pack is 398.00, a lamp 100.00.

    - Mei has no pack: Bao comes by her link and buys a lamp, nobody earns. She buys the pack and is a shop owner.
    - Ten people buy a pack by her link: 80.00 each, 800.00. Ten buyers, but goods for 3,980.00: an owner still.
    - Bao buys 161 lamps by her link: 15 % of 16,100.00 = 2,415.00. She has sold 20,080.00 with ten packs: a manager.
    - Bao buys a lamp: 18 % = 18.00. Bao buys a pack: 100.00.
    """
    town = open_town("gift-pack")
    town.stock("GIFT-PACK", price=39_800, supplied=20_000)
    mei, bao = town.member("Mei"), town.member("Bao")
    bao.follow(mei.share())
    town.completed(bao, {"LAMP": 1})
    town.completed(mei, {"GIFT-PACK": 1})
    assert mei.earned() == []

    for number in range(10):
        town.sold(town.member(f"buyer{number}", by=mei), {"GIFT-PACK": 1})
    town.pass_days(8)
    assert (mei.earned(), mei.rank()) == ([("seller", 8_000)] * 10, "owner")
    bao.follow(mei.share())
    town.completed(bao, {"LAMP": 161})
    assert (mei.earned()[-1], mei.rank()) == (("seller", 241_500), "manager")

    bao.follow(mei.share())
    town.completed(bao, {"LAMP": 1})
    town.completed(bao, {"GIFT-PACK": 1})
    assert mei.earned()[-2:] == [("seller", 1_800), ("seller", 10_000)]
    town.books_hold()


def test_many_sales_without_packs_raise_nobody(open_town: OpenTown) -> None:
    """30,000.00 of lamps and no pack: an owner, at 15 % = 4,500.00."""
    town = open_town("gift-pack")
    town.stock("GIFT-PACK", price=39_800, supplied=20_000)
    mei = town.member("Mei")
    town.completed(mei, {"GIFT-PACK": 1})
    bao = town.member("Bao", by=mei)
    town.completed(bao, {"LAMP": 300})
    assert (mei.earned(), mei.rank()) == ([("seller", 450_000)], "owner")
    town.books_hold()


@pytest.mark.parametrize("pieces, rank, cents", [(1, "owner", 1_500), (200, "manager", 300_000)])
def test_the_publishable_variant_asks_for_nothing_but_sales(
    open_town: OpenTown, pieces: int, rank: str, cents: int
) -> None:
    """Nothing to buy: Mei sells at once, 15 % of 100.00 or of 20,000.00, and the latter makes a manager."""
    town = open_town("gift-pack", publishable=True)
    mei = town.member("Mei")
    town.completed(town.member("Bao", by=mei), {"LAMP": pieces})
    assert (mei.earned(), mei.rank()) == ([("seller", cents)], rank)
    town.books_hold()
