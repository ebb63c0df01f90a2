"""affiliate: a commission on what readers buy within thirty days of the last click."""

from tests.presets.conftest import OpenTown


def test_the_last_click_counts_and_selling_more_raises_the_rate(open_town: OpenTown) -> None:
    """In dollars; a lamp is 100.00, a radio (electronics) 100.00.

    - Bao clicks Ann's link, then Ben's, and buys a lamp and a radio: Ben gets 8 % = 8.00 and 3 % = 3.00, Ann nothing.
    - Bao buys 48 more lamps: Ben gets 8 % of 4,800.00 = 384.00. His sales come to 100 + 100 + 4,800 = 5,000.00,
      which makes him a partner.
    - Bao buys a lamp and a radio: 10 % = 10.00, and still 3.00, for the category goes before the rank.
    - After 90 days without sales Ben is an affiliate again at the end of the month: a lamp gives 8.00.
    """
    town = open_town("affiliate", currency="USD")
    town.stock("RADIO", price=10_000, supplied=9_000, category="electronics")
    ann, ben = town.member("Ann"), town.member("Ben")
    bao = town.member("Bao", by=ann).follow(ben.share())

    town.completed(bao, {"LAMP": 1, "RADIO": 1})
    bao.follow(ben.share())
    town.completed(bao, {"LAMP": 48})
    assert (ann.earned(), ben.rank()) == ([], "partner")
    bao.follow(ben.share())
    town.completed(bao, {"LAMP": 1, "RADIO": 1})
    assert ben.earned() == [("seller", 800), ("seller", 300), ("seller", 38_400), ("seller", 1_000), ("seller", 300)]

    town.pass_days(130)
    assert ben.rank() == "affiliate"
    bao.follow(ben.share())
    town.completed(bao, {"LAMP": 1})
    assert ben.earned()[-1] == ("seller", 800)
    town.pass_days(31)
    assert ben.balance() == (0, 800 + 300 + 38_400 + 1_000 + 300 + 800)
    town.books_hold()


def test_what_is_bought_thirty_one_days_after_the_click_is_nobodys(open_town: OpenTown) -> None:
    """The lock is over after 30 days, and a link that old no longer leads to the order either: 0.00."""
    town = open_town("affiliate", currency="USD")
    ann = town.member("Ann")
    bao = town.member("Bao", by=ann)
    town.pass_days(31)
    town.completed(bao, {"LAMP": 1})
    assert ann.earned() == []
    town.books_hold()
