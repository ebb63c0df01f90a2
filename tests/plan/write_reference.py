"""Write the tables of docs/plan.md, and the JSON Schema that shops carry: `python -m tests.plan.write_reference`."""

import json
from pathlib import Path

from shared_core import plan

PAGE = Path(__file__).parents[2] / "docs" / "plan.md"
SCHEMA = Path(__file__).parents[2] / "template" / "schemas" / "plan.json"
BEGIN = "<!-- reference: written from the schema, do not edit below -->"


def reference_page(written: str) -> str:
    """The page with its reference part made new; the words around stay."""
    head = written.partition(BEGIN)[0].rstrip()
    return f"{head}\n\n{BEGIN}\n\n{_tables()}"


def schema_file() -> str:
    """What editors read in a shop."""
    return json.dumps(plan.json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _tables() -> str:
    parts: list[str] = []
    rows: dict[str, list[str]] = {}
    titles: dict[str, str] = {"": "At the top of the file, before the first table."}
    for key in plan.reference():
        place = key.path.rpartition(".")[0]
        if key.section:
            titles[key.path] = key.description
            continue
        default = f"`{key.default}`" if key.default and key.default != "required" else key.default or "–"
        values = f" One of: {', '.join(f'`{each}`' for each in key.values)}." if key.values else ""
        rows.setdefault(place, []).append(f"| `{key.path}` | {default} | {_cell(key.description)}{values} |")
    for place, lines in rows.items():
        table = place.removesuffix("[]")
        title = f"[[{table}]]" if place.endswith("[]") else f"[{place}]" if place else "Head"
        parts += [f"### {title}", "", titles[table], "", "| key | default | meaning |", "|---|---|---|", *lines, ""]
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    SCHEMA.parent.mkdir(exist_ok=True)
    SCHEMA.write_text(schema_file(), encoding="utf-8")
    PAGE.write_text(reference_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
