"""A shop reduced to what invites hear: orders as rows, their events told by hand, codes given out and used."""

import itertools

from sqlalchemy.orm import Session

from shared_core import invites, members, orders
from shared_core.kernel.listeners import LISTENERS, Listeners
from shared_core.plan import Plan
from tests.plan.plans import read
from tests.rewards.shops import ZONE, Shop

KEYS = ("a secret of the shop",)
BY_CODE = """
[join]
how = "invite_code"
[invites]
mode = "code"
base = 1
own_sales_per_code = "100"
codes_max = 3
expire_days = 10
"""

numbers = itertools.count(1)


def quota_plan(text: str = BY_CODE) -> Plan:
    return read(text)


class Club(Shop):
    """A shop whose promoters invite. `told` wires the listeners into the session, as the shell does."""

    def __init__(self, session: Session, plan: Plan | None = None) -> None:
        self.plan = plan or quota_plan()
        super().__init__(session, self.plan)
        listeners = Listeners()
        self.rewards.subscribe(listeners)
        self.invites = invites.Invites(lambda at: self.plan)
        self.invites.subscribe(listeners)
        session.info[LISTENERS] = listeners

    def promoter(self) -> int:
        """Somebody the shop let in."""
        member = self.member()
        invites.let_in(self.session, member, at=self.at)
        return member

    def complete(self, order_id: int) -> None:
        super().complete(order_id)
        self.invites.on_completed(self.session, orders.OrderCompleted(order_id, self.at))

    def refund(self, order_id: int, amount: int, *, line: int = 0) -> int:
        refund_id = super().refund(order_id, amount, line=line)
        self.invites.on_refunded(self.session, orders.OrderRefunded(order_id, refund_id, self.at))
        return refund_id

    def issue(self, member: int, key: str = "") -> invites.Issued:
        number = next(numbers)
        return invites.issue(
            self.session,
            self.plan,
            member,
            request_key=key or f"key-{number}",
            number=f"N{number}",
            keys=KEYS,
            zone=ZONE,
            at=self.at,
        )

    def code(self, member: int) -> str:
        """A code given out, as it is passed on."""
        text = self.issue(member).text
        assert text is not None
        return text

    def use(self, member: int, code: str) -> bool:
        return invites.accept(self.session, self.plan, member, code, keys=KEYS, at=self.at)

    def revoke(self, member: int, number: str) -> None:
        invites.revoke(self.session, self.plan, member, number, at=self.at)

    def expire(self) -> int:
        """Everything that is due, as the worker does it."""
        returned = 0
        while found := invites.expire_due(self.session, self.plan, at=self.at):
            returned += found
        return returned

    def there(self, member: int) -> tuple[int, int, int]:
        """(free, open, used) by the sum of the entries."""
        kept = invites.balances(self.session, member)
        return kept.free, kept.open, kept.used

    def story(self, member: int) -> list[tuple[str, int]]:
        """The entries, oldest first: (kind, codes)."""
        return [(str(each.kind), each.codes) for each in reversed(invites.entries(self.session, member))]

    def merged(self, visitor: int, account: int) -> None:
        """A visitor logs in as a known member."""
        members.merge_visitor(self.session, visitor_id=visitor, member_id=account, at=self.at)

    def stage(self, member: int) -> str:
        return str(members.stage_of(self.session, member))

    def inviter(self, member: int) -> int | None:
        found = members.inviters(self.session, member, depth_max=1)
        return found[0] if found else None
