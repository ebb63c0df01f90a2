"""docs/compliance.md lists every rule as the rule set has it, every need and every limit of a trial."""

import re

from shared_core import plan
from shared_core.plan.lint.evidence import NEEDS
from tests.plan.lint.write_rules import BEGIN, PAGE, rules_page


def test_the_page_lists_every_rule_with_statement_and_source():
    written = PAGE.read_text(encoding="utf-8")
    assert written == rules_page(written), "run: python -m tests.plan.lint.write_rules"
    listed = re.findall(r"^\| `([^`]+)` \|", written.partition(BEGIN)[2], re.MULTILINE)
    assert listed == [rule.id for rule in plan.rule_set().rules]


def test_the_page_names_everything_that_can_be_measured():
    head = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    named = set(re.findall(r"^\| `([a-z_]+)` \|", head, re.MULTILINE))
    assert named == {*NEEDS, *plan.Override.model_fields}


def test_the_page_says_what_a_trial_allows():
    head = " ".join(PAGE.read_text(encoding="utf-8").partition(BEGIN)[0].split())
    assert f"{plan.TRIAL_MEMBERS_MAX} members" in head
    assert f"{plan.TRIAL_MONTH_MINOR_MAX:,} of the currency's smallest unit" in head
