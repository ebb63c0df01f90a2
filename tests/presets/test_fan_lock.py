"""fan-lock: one click binds for ever, ten fans make a shopkeeper, ten shopkeepers among them the next rank."""

from tests.presets.conftest import OpenTown, Town, Townsman

TEN = range(10)


def fans_of(town: Town, sponsor: Townsman, prefix: str) -> list[Townsman]:
    """Ten people who signed up after one click on a link of the sponsor."""
    return [town.member(f"{prefix}{number}", by=sponsor) for number in TEN]


def test_ten_fans_make_a_shopkeeper_and_ten_shopkeepers_the_next_rank(open_town: OpenTown) -> None:
    """Ana's ten fans make her a shopkeeper at the tenth; when each of them has ten fans she is a senior at once.

    A fan of the last shopkeeper buys a lamp at 100.00. The shopkeeper gets 15 % = 15.00; Ana, whose fan the
    shopkeeper is, gets a senior's 5 % as the inviter = 5.00. One of two lamps of a second order goes back:
    30.00 and 10.00 become 15.00 and 5.00.
    """
    town = open_town("fan-lock")
    ana = town.member("Ana")
    firsts = fans_of(town, ana, "first")
    assert ana.rank() == "shopkeeper"
    for number, first in enumerate(firsts):
        assert ana.rank() == "shopkeeper"
        last = fans_of(town, first, f"second{number}x")
        assert first.rank() == "shopkeeper"
    assert ana.rank() == "senior"

    town.completed(last[-1], {"LAMP": 1})
    assert (firsts[-1].earned(), ana.earned()) == ([("seller", 1_500)], [("inviter", 500)])

    number_of_two = town.sold(last[-1], {"LAMP": 2})
    town.refund(number_of_two, {"LAMP": 1})
    town.pass_days(8)
    assert firsts[-1].balance() == (0, 1_500 + 1_500)
    assert ana.balance() == (0, 500 + 500)
    town.books_hold()


def test_the_ninth_fan_is_not_enough_and_a_fan_earns_nothing(open_town: OpenTown) -> None:
    """Nine fans leave Ana a fan, and fans have no share: a lamp bought by one of hers pays nobody."""
    town = open_town("fan-lock")
    ana = town.member("Ana")
    fans = [town.member(f"fan{number}", by=ana) for number in range(9)]
    assert ana.rank() == "fan"

    town.completed(fans[0], {"LAMP": 1})
    assert ana.earned() == []
    town.books_hold()


def test_the_first_link_stays_whoever_comes_later(open_town: OpenTown) -> None:
    """Bao is Ana's; a year later a click on Ben's link changes nothing, and Ana (a shopkeeper) sells: 15.00."""
    town = open_town("fan-lock")
    ana, ben = town.member("Ana"), town.member("Ben")
    bao = fans_of(town, ana, "fan")[0]
    fans_of(town, ben, "other")

    town.pass_days(400)
    bao.follow(ben.share())
    town.completed(bao, {"LAMP": 1})

    assert (ana.earned(), ben.earned()) == ([("seller", 1_500)], [])
    town.books_hold()


def test_the_publishable_variant_ranks_by_sales_and_pays_the_seller_what_the_inviter_had(open_town: OpenTown) -> None:
    """Mei was led here by Ana, Bao by Mei. Ten fans would make nobody rise here; sales do.

    - Bao buys 10 lamps, 1,000.00: Mei is a fan when they are placed and gets nothing; they make her a shopkeeper.
    - Bao buys one: 18 % = 18.00 to Mei, the 15 % and the 3 % of the preset. Ana gets nothing.
    """
    town = open_town("fan-lock", publishable=True)
    ana = town.member("Ana")
    mei = fans_of(town, ana, "first")[0]
    bao = town.member("Bao", by=mei)
    assert ana.rank() == "fan"

    town.completed(bao, {"LAMP": 10})
    assert (mei.earned(), mei.rank()) == ([], "shopkeeper")
    town.completed(bao, {"LAMP": 1})
    assert (mei.earned(), ana.earned()) == ([("seller", 1_800)], [])
    town.books_hold()
