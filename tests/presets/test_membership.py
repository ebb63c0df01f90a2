"""membership: a spend threshold instead of a bought pack; members pay less and earn when they recommend."""

from tests.presets.conftest import OpenTown


def test_buying_for_398_makes_a_member_who_earns_on_own_and_others_purchases(open_town: OpenTown) -> None:
    """A lamp is 100.00.

    - Mei signs up and has bought nothing: she is a customer. Bao comes by her link and buys a lamp: nobody earns.
    - Mei buys 3 lamps, 300.00: still a customer. One more: 400.00 have reached 398.00, she is a member. On none of
      these she earned.
    - Mei buys a lamp: 8 % = 8.00 come back to her. Bao buys one by her link: 8.00.
    - Bao buys 29 more: 8 % of 2,900.00 = 232.00. She has sold 100 + 2,900 = 3,000.00 to others in 90 days: silver.
    - Bao buys one: 10 % = 10.00.
    - After 90 days without sales she is a member again: 8.00.
    """
    town = open_town("membership")
    mei, bao = town.member("Mei"), town.member("Bao")
    bao.follow(mei.link())
    town.completed(bao, {"LAMP": 1})
    town.completed(mei, {"LAMP": 3})
    town.completed(mei, {"LAMP": 1})
    assert mei.earned() == []

    town.completed(mei, {"LAMP": 1})
    bao.follow(mei.link())
    town.completed(bao, {"LAMP": 1})
    assert mei.earned() == [("seller", 800), ("seller", 800)]
    bao.follow(mei.link())
    town.completed(bao, {"LAMP": 29})
    assert mei.rank() == "silver"
    bao.follow(mei.link())
    town.completed(bao, {"LAMP": 1})
    assert mei.earned()[2:] == [("seller", 23_200), ("seller", 1_000)]

    town.pass_days(130)
    assert mei.rank() == "member"
    bao.follow(mei.link())
    town.completed(bao, {"LAMP": 1})
    assert mei.earned()[-1] == ("seller", 800)
    town.books_hold()
