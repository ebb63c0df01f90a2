"""Write the table of docs/compliance.md from the rules: `python -m tests.plan.lint.write_rules`. The words stay."""

from pathlib import Path

from shared_core import plan

PAGE = Path(__file__).parents[3] / "docs" / "compliance.md"
BEGIN = "<!-- rules: written from the rule set, do not edit below -->"


def rules_page(written: str) -> str:
    """The page with its table made new."""
    rules = plan.rule_set()
    head = written.partition(BEGIN)[0].rstrip()
    lines = [
        f"Rule set v{rules.version}, {rules.dated.isoformat()}.",
        "",
        "| rule | weighs | where | statement | source | confidence |",
        "|---|---|---|---|---|---|",
        *(_row(rule) for rule in rules.rules),
        "",
    ]
    return f"{head}\n\n{BEGIN}\n\n" + "\n".join(lines)


def _row(rule: plan.LintRule) -> str:
    source = rule.source + (f"; text of {rule.text_of}" if rule.text_of else "")
    statement = f"{rule.statement.en} {rule.statement.zh}"
    if rule.attached_to:
        statement = f"With {rule.attached_to}: {statement}"
    cells = (f"`{rule.id}`", " / ".join(rule.severities), rule.where, statement, source, rule.confidence)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(rules_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
