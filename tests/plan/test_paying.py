"""The array kernel: many lines at once get the cents that each would get alone, read plainly."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import LineFacts, Parties, Plan, share_line
from shared_core.plan.paying import Sales, Takers, pay
from shared_core.plan.shares import share_lines
from shared_core.plan.table import ABSENT, COLUMN, FUND, table_of
from tests.plan import plainly
from tests.plan.plans import LADDER, line, lines, parties, people, plans, read, rule
from tests.plan.test_shares import DIFFERENCES


@given(plans(), lines(), people())
def test_one_line_is_paid_as_the_rules_say_when_read_aloud(tested: Plan, facts: LineFacts, who: Parties):
    assert share_line(tested, facts, who) == plainly.share_line(tested, facts, who)


@given(plans(), st.lists(lines(), max_size=5), people())
def test_many_lines_of_the_same_people_are_paid_like_each_alone(tested: Plan, many: Sequence[LineFacts], who: Parties):
    assert share_lines(tested, many, who) == [share_line(tested, each, who) for each in many]


@given(plans(), st.lists(st.tuples(lines(), people()), min_size=1, max_size=8))
def test_many_sales_of_different_people_are_paid_like_each_alone(
    tested: Plan, sales: Sequence[tuple[LineFacts, Parties]]
):
    table = table_of(tested)
    columns = range(len(COLUMN))
    members = np.full((len(sales), len(COLUMN)), ABSENT)
    ranks = np.full_like(members, table.nameless)
    for row, (_, who) in enumerate(sales):
        for payee, party in who.by_payee.items():
            members[row, COLUMN[payee]] = party.member_id
            ranks[row, COLUMN[payee]] = table.rank(party.rank)
    if table.has_fund:
        members[:, COLUMN["team_fund"]] = FUND
    buyers = np.array([ABSENT if who.buyer_id is None else who.buyer_id for _, who in sales])
    facts = [each for each, _ in sales]
    found = pay(
        tested,
        Sales(
            kind=np.array([table.kind(each.goods) for each in facts]),
            goods=np.array([each.goods_net.minor for each in facts]),
            margin=np.array([each.margin.minor for each in facts]),
            quantity=np.array([each.quantity for each in facts]),
        ),
        Takers(members, ranks, buyers),
    )
    for row, (each, who) in enumerate(sales):
        alone = {COLUMN[share.payee]: share.amount.minor for share in share_line(tested, each, who)}
        assert [int(found.amounts[row, column]) for column in columns] == [alone.get(column, 0) for column in columns]


def test_a_lower_rank_above_gets_nothing_and_pays_nothing_in():
    tested = read(LADDER + DIFFERENCES)
    table = table_of(tested)
    members, ranks = np.full((1, len(COLUMN)), ABSENT), np.full((1, len(COLUMN)), table.nameless)
    members[0, :3], ranks[0, :3] = (1, 2, 3), (table.rank("gold"), table.rank("bronze"), table.rank("silver"))
    sale = Sales(np.array([table.kind(line().goods)]), np.array([10_000]), np.array([5_000]), np.array([1]))
    assert pay(tested, sale, Takers(members, ranks, np.array([ABSENT]))).amounts[0].tolist() == [2000, 0, 0, 0, 0, 0, 0]


def test_amounts_whose_products_leave_64_bits_are_exact():
    """9,000,000,000,000.01: 30 % and 20 % are capped at 33.33 % together, in proportion, in Python's own numbers."""
    goods = 900_000_000_000_001
    text = '[caps]\nline = "33.33%"\n[live]\nenabled = true\n' + rule("a", rate="30%") + rule("b", "host", rate="20%")
    found = share_line(read(text), line(goods), parties(seller="member", host="member"))
    full = [goods * 3000 // 10_000, goods * 2000 // 10_000]
    assert [share.uncapped.minor for share in found] == full
    limit = goods * 3333 // 10_000
    assert [share.amount.minor for share in found] == [each * limit // sum(full) for each in full]


def test_a_copy_of_a_plan_with_other_rules_is_paid_by_its_own():
    tested = read(LADDER + rule("a", rate="10%"))
    who = Parties({"seller": plan.Party(1, "gold")})
    assert share_line(tested, line(), who)[0].amount.minor == 1000
    other = tested.model_copy(update={"shares": read(LADDER + rule("a", rate="20%")).shares})
    assert share_line(other, line(), who)[0].amount.minor == 2000
    assert share_line(tested, line(), who)[0].amount.minor == 1000
