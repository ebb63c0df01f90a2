"""Ways in that contradict themselves, and who may invite."""

import pytest

from shared_core import plan
from shared_core.kernel.findings import ConfigError
from tests.plan.plans import LADDER, read

CODES = '[invites]\nmode = "code"\nbase = 1\n'


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('[join]\nhow = "invite_code"\n[invites]\nmode = "closed"\n', "nobody_joins", "join.how"),
        ('[join]\nhow = "spend"\n', "spend_nothing", "join.spend"),
        ('[join]\nspend = "10"\n', "spend_without_effect", "join.spend"),
        ('[invites]\nmode = "code"\n', "no_codes", "invites.base"),
        (CODES + "codes_max = 0\n", "no_codes", "invites.codes_max"),
        (CODES + 'own_sales_per_code = "0"\n', "codes_for_nothing", "invites.own_sales_per_code"),
        (
            CODES + '[[roles]]\nid = "host"\nname = "Host"\ncan_host = true\n',
            "nobody_may_invite",
            "roles[1].can_invite",
        ),
    ],
)
def test_a_plan_that_contradicts_itself_is_told_where(text: str, code: str, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert [(each.code, each.key) for each in refused.value.findings] == [(code, key)]


@pytest.mark.parametrize(
    "text",
    [
        CODES,
        '[invites]\nmode = "code"\nown_sales_per_code = "100"\n',
        '[join]\nhow = "invite_code"\n' + CODES,
        '[join]\nhow = "invite_code"\n',
        '[join]\nhow = "spend"\nspend = "100"\n[invites]\nmode = "closed"\n',
        '[join]\nhow = "first_order"\n',
    ],
)
def test_ways_in_that_somebody_can_go_are_no_fault(text: str) -> None:
    assert plan.faults(read(text)) == []


def test_codes_are_for_ranks_whose_role_invites_and_links_for_everybody() -> None:
    teacher = '[[roles]]\nid = "teacher"\nname = "Teacher"\nfrom_rank = "silver"\ncan_invite = true\n'
    by_code, by_link = read(CODES + teacher + LADDER), read(teacher + LADDER)
    assert [plan.may_invite(by_code, rank) for rank in ("bronze", "silver", "gold")] == [False, True, True]
    assert plan.may_invite(by_link, "bronze")
    assert plan.may_invite(read(CODES + LADDER), "bronze")
    assert not plan.may_invite(read('[invites]\nmode = "closed"\n' + LADDER), "gold")


def test_a_code_is_asked_for_where_it_is_the_way_in_or_names_the_inviter() -> None:
    asked = {text: plan.asks_for_code(read(text)) for text in ("", CODES, '[join]\nhow = "invite_code"\n')}
    assert list(asked.values()) == [False, True, True]
    assert not plan.asks_for_code(read('[invites]\nmode = "closed"\n'))


def test_purchases_admit_from_the_threshold_on() -> None:
    first, spend = read('[join]\nhow = "first_order"\n'), read('[join]\nhow = "spend"\nspend = "1"\n')
    assert [plan.purchases_suffice(first, bought) for bought in (0, 1)] == [False, True]
    assert [plan.purchases_suffice(spend, bought) for bought in (99, 100)] == [False, True]
    assert not plan.purchases_suffice(read(""), 10**9)
