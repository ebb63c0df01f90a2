"""pilot: the smallest test that works."""

from tests.presets.conftest import OpenTown


def test_each_sale_belongs_to_the_link_it_came_by(open_town: OpenTown) -> None:
    """A lamp is 100.00, a colleague's share 10 %.

    - Bao comes by Mei's link and buys 2: Mei gets 20.00. One goes back: 10.00 stay.
    - Bao comes by Lin's link and buys 1: Lin gets 10.00, for nobody is anybody's fan.
    - Hua comes by herself and buys 1: nobody earns.
    - Mei takes her 10.00 out. Out of 10.00 nothing is withheld: labour up to 800.00 a month is free of it.
    """
    town = open_town("pilot")
    mei, lin, hua = (town.member(name) for name in ("Mei", "Lin", "Hua"))
    bao = town.member("Bao", by=mei)
    number = town.sold(bao, {"LAMP": 2})
    assert mei.balance() == (2_000, 0)
    town.refund(number, {"LAMP": 1})
    town.pass_days(8)
    assert mei.balance() == (0, 1_000)

    bao.follow(lin.share())
    town.completed(bao, {"LAMP": 1})
    town.completed(hua, {"LAMP": 1})
    assert (mei.earned(), lin.earned(), hua.earned()) == ([("seller", 2_000)], [("seller", 1_000)], [])
    assert bao.get("/me/tie")["tie"] is None

    payout = mei.take_out(1_000)
    assert (payout["gross"]["minor"], payout["tax"]["minor"], payout["net"]["minor"]) == (1_000, 0, 1_000)
    assert mei.balance() == (0, 0)
    town.books_hold()
