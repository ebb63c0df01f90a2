"""live: hosts sell in rooms of their own, and who brings viewers earns too."""

from datetime import timedelta

from tests.presets.conftest import OpenTown, Town, Townsman
from tests.stories.people import new_key


def room_of(town: Town, host: Townsman) -> str:
    """A room with lamps on show, open for three days; its path."""
    ends = (town.front.clock() + timedelta(days=3)).isoformat()
    wanted = {"title": "Lamps by night", "products": ["lamp"], "ends_at": ends, "old_enough": True}
    return "/r/" + str(host.ask("POST", "/me/rooms", wanted, key=new_key(), says=201)["code"])


def looks_into(viewer: Townsman, path: str) -> None:
    assert viewer.browser.get(path).status_code == 200


def test_who_hosts_who_brings_viewers_and_who_invited_the_host_earn_beside_the_seller(open_town: OpenTown) -> None:
    """A lamp is 100.00. Ivy invited Hua, who hosts; Bao is Lin's fan.

    - Tao brings Bao into the room: Lin, whose fan Bao is, sells: 8.00; Hua hosts: 10.00; Ivy 2.00; Tao 5.00.
    - Eve comes alone and is nobody's fan: the room sells, so Hua gets 8.00 and 10.00, Ivy 2.00.
    - Bao buys 40 lamps, of which 10 come back: 4,000.00 and then 3,000.00 count. Lin 320.00 - 80.00, Hua 400.00 -
      100.00, Ivy 80.00 - 20.00, Tao 200.00 - 50.00.
    - Only Eve's lamp was sold live by Hua (100.00): a newcomer still. Joe, nobody's fan, buys 29 lamps in the room:
      2,900.00 more make 3,000.00, which a popular host has. Hua: 232.00 and 290.00; Ivy 58.00.
    """
    town = open_town("live")
    ivy, lin, tao = town.member("Ivy"), town.member("Lin"), town.member("Tao")
    hua, bao, eve, joe = town.member("Hua", by=ivy), town.member("Bao", by=lin), town.member("Eve"), town.member("Joe")
    town.pass_days(2)
    room = room_of(town, hua)

    bao.follow(tao.share(room))
    looks_into(bao, room)
    looks_into(eve, room)
    town.sold(bao, {"LAMP": 1})
    town.sold(eve, {"LAMP": 1})
    assert (lin.earned(), tao.earned()) == ([("seller", 800)], [("traffic_referrer", 500)])
    assert sorted(hua.earned()) == [("host", 1_000), ("host", 1_000), ("seller", 800)]

    many = town.sold(bao, {"LAMP": 40})
    town.refund(many, {"LAMP": 10})
    assert hua.rank() == "newcomer"
    looks_into(joe, room)
    town.completed(joe, {"LAMP": 29})
    town.pass_days(8)

    assert hua.rank() == "anchor"
    assert lin.balance() == (0, 800 + 24_000)
    assert tao.balance() == (0, 500 + 15_000)
    assert hua.balance() == (0, 1_000 + 1_800 + 30_000 + 23_200 + 29_000)
    assert ivy.balance() == (0, 200 + 200 + 6_000 + 5_800)
    town.books_hold()


def test_the_variant_that_may_go_live_pays_the_host_what_the_inviter_had(open_town: OpenTown) -> None:
    """Ivy invited Hua; Eve buys a lamp at 100.00 in Hua's room: Hua gets 8.00 and 12.00, Ivy nothing."""
    town = open_town("live", publishable=True)
    ivy = town.member("Ivy")
    hua, eve = town.member("Hua", by=ivy), town.member("Eve")
    looks_into(eve, room_of(town, hua))
    town.sold(eve, {"LAMP": 1})
    assert sorted(hua.earned()) == [("host", 1_200), ("seller", 800)]
    assert ivy.earned() == []
    town.books_hold()
