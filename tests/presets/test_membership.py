"""membership: a spend threshold instead of a bought pack; members pay less and earn when they recommend."""

from tests.presets.conftest import OpenTown


def test_buying_for_398_makes_a_member_who_earns_on_own_and_others_purchases(open_town: OpenTown) -> None:
    """A lamp is 100.00.

    - Mei signs up and has bought nothing: she is a customer. Bao comes by her link and buys a lamp: nobody earns.
    - Mei buys 3 lamps, 300.00: still a customer. One more: 400.00 have reached 398.00, she is a member. On none of
      these she earned.
    - Mei buys a lamp: 8 % = 8.00 come back to her. Bao buys one by her link: 8.00.
    - Hua buys 29 by her link: 8 % of 2,900.00 = 232.00. With 100 + 2,900 = 3,000.00 sold in 90 days Mei is silver.
    - Bao buys one: 10 % = 10.00. Hua, a member by now, buys one: that is her own, 8.00, whatever link led her here.
    - After 90 days without sales Mei is a member again: 8.00.
    """
    town = open_town("membership")
    mei, bao, hua, lin = (town.member(name) for name in ("Mei", "Bao", "Hua", "Lin"))
    bao.follow(mei.share())
    town.completed(bao, {"LAMP": 1})
    town.completed(mei, {"LAMP": 3})
    town.completed(mei, {"LAMP": 1})
    assert mei.earned() == []

    town.completed(mei, {"LAMP": 1})
    town.completed(bao.follow(mei.share()), {"LAMP": 1})
    assert mei.earned() == [("seller", 800), ("seller", 800)]
    town.completed(hua.follow(mei.share()), {"LAMP": 29})
    assert (mei.earned()[2:], mei.rank(), hua.earned()) == ([("seller", 23_200)], "silver", [])
    town.completed(bao.follow(mei.share()), {"LAMP": 1})
    town.completed(hua.follow(mei.share()), {"LAMP": 1})
    assert (mei.earned()[3:], hua.earned()) == ([("seller", 1_000)], [("seller", 800)])

    town.pass_days(130)
    assert mei.rank() == "member"
    town.completed(lin.follow(mei.share()), {"LAMP": 1})
    assert mei.earned()[-1] == ("seller", 800)
    town.books_hold()
