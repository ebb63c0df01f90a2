"""invite-quota: an invitation is earned by selling, and spent for good."""

from shared_core import invites, members
from tests.presets.conftest import OpenTown, Town, Townsman
from tests.stories.people import new_key


def first_shopkeeper(town: Town, name: str) -> Townsman:
    """Somebody whom the shop lets in without an invitation."""
    made = town.member(name)
    with town.front.shop.database.transaction() as session:
        member_id = members.member_by_code(session, made.get("/session")["member_code"])
        assert member_id is not None
        invites.let_in(session, member_id, at=town.front.clock())
    return made


def quota(person: Townsman) -> tuple[int, int, int]:
    """Codes to give out, given out, used."""
    held = person.get("/me/invites")["quota"]
    return held["free"], held["open"], held["used"]


def give_out(person: Townsman) -> str:
    return str(person.ask("POST", "/me/invites", key=new_key(), says=201)["code"])


def test_who_sells_may_invite_and_the_inviter_shares(open_town: OpenTown) -> None:
    """A lamp is 100.00; 3,000.00 of own retail sales earn an invitation.

    - Lin signs up and is a customer: what Bao buys by Lin's link pays nobody.
    - Mei, the first shopkeeper, has 1 invitation and gives it to Lin, who is a shopkeeper now. Mei has none left.
    - Bao buys a lamp by Lin's link: Lin gets 15.00 and Mei, who invited Lin, 3.00.
    - Mei buys 40 lamps herself: own purchases earn no invitation. Hua buys 29 by Mei's link, 2,900.00: none yet.
      One more: 3,000.00, one invitation. Mei earned 15 % of 2,900.00 and of 100.00: 435.00 and 15.00.
    - The one lamp goes back: her sales are 2,900.00 and the invitation, not given out yet, is taken back.
    """
    town = open_town("invite-quota")
    mei, lin, bao, hua = first_shopkeeper(town, "Mei"), town.member("Lin"), town.member("Bao"), town.member("Hua")
    town.completed(bao.follow(lin.share()), {"LAMP": 1})
    assert (lin.earned(), quota(mei)) == ([], (1, 0, 0))

    lin.ask("POST", "/me/invites/accepted", {"code": give_out(mei)})
    assert quota(mei) == (0, 0, 1)
    assert mei.ask("POST", "/me/invites", key=new_key(), says=409)["code"] == "quota_used_up"
    town.completed(bao.follow(lin.share()), {"LAMP": 1})
    assert (lin.earned(), mei.earned()) == ([("seller", 1_500)], [("inviter", 300)])

    town.completed(mei, {"LAMP": 40})
    town.completed(hua.follow(mei.share()), {"LAMP": 29})
    assert quota(mei) == (0, 0, 1)
    number = town.completed(hua.follow(mei.share()), {"LAMP": 1})
    assert quota(mei) == (1, 0, 1)
    assert mei.earned()[1:] == [("seller", 43_500), ("seller", 1_500)]

    town.refund(number, {"LAMP": 1})
    assert quota(mei) == (0, 0, 1)
    town.books_hold()


def test_an_unused_invitation_comes_back_and_a_used_one_never_does(open_town: OpenTown) -> None:
    """Mei gives her one code out; 30 days later nobody used it and she has it again. Used, it is spent for good."""
    town = open_town("invite-quota")
    mei, lin, ben = first_shopkeeper(town, "Mei"), town.member("Lin"), town.member("Ben")
    lost = give_out(mei)
    assert quota(mei) == (0, 1, 0)
    town.pass_days(31)
    assert quota(mei) == (1, 0, 0)
    lin.ask("POST", "/me/invites/accepted", {"code": lost}, says=410)

    used = give_out(mei)
    lin.ask("POST", "/me/invites/accepted", {"code": used})
    ben.ask("POST", "/me/invites/accepted", {"code": used}, says=409)
    town.pass_days(60)
    assert quota(mei) == (0, 0, 1)
    town.books_hold()
