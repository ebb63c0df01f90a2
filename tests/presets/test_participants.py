"""participants: only who took part earns, and rank comes from what one sold to others."""

from tests.presets.conftest import OpenTown


def test_who_sells_earns_and_nobody_above(open_town: OpenTown) -> None:
    """Mei came by Ana's link, Bao by Mei's. A lamp is 100.00.

    - Bao buys 1: Mei, a promoter, gets 10 % = 10.00. Ana, who brought Mei in, gets nothing.
    - Bao buys 29 more, all completed: Mei has sold 30 x 100.00 = 3,000.00 and is a shopkeeper (from 3,000.00).
    - Bao buys 1: 12.5 % = 12.50.
    - Mei buys 1 herself: nobody earns (she is the buyer; Ana's lock makes Ana the seller: 10 % = 10.00 to Ana).
    """
    town = open_town("participants")
    ana = town.member("Ana")
    mei = town.member("Mei", by=ana)
    bao = town.member("Bao", by=mei)

    town.completed(bao, {"LAMP": 1})
    assert (mei.earned(), ana.earned(), mei.rank()) == ([("seller", 1_000)], [], "promoter")
    town.completed(bao, {"LAMP": 29})
    assert mei.rank() == "shopkeeper"
    town.completed(bao, {"LAMP": 1})
    assert mei.earned() == [("seller", 1_000), ("seller", 29_000), ("seller", 1_250)]

    town.completed(mei, {"LAMP": 1})
    assert (len(mei.earned()), ana.earned()) == (3, [("seller", 1_000)])
    assert mei.balance() == (0, 31_250)
    town.books_hold()


def test_a_lock_ends_after_thirty_days_and_another_link_may_take_over(open_town: OpenTown) -> None:
    """Bao is Mei's fan for 30 days. On day 31 Ben's link leads Bao here: Ben sells, 10 % of 100.00 = 10.00."""
    town = open_town("participants")
    mei, ben = town.member("Mei"), town.member("Ben")
    bao = town.member("Bao", by=mei)
    assert bao.get("/me/tie")["tie"]["sponsor_name"].startswith("M")

    town.pass_days(31)
    assert bao.get("/me/tie")["tie"] is None
    bao.follow(ben.share())
    town.completed(bao, {"LAMP": 1})

    assert (mei.earned(), ben.earned()) == ([], [("seller", 1_000)])
    town.books_hold()
