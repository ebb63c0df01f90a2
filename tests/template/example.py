"""The rendered shop in examples/: what the template makes of one set of answers.

`python -m tests.template.example` writes it anew after the template, a preset or the version has changed.
"""

import shutil
from pathlib import Path

import shared_core
from platformctl.rendering import rendered
from shared_core import plan
from tests.template.shops import answers_for

FOLDER = Path(__file__).parents[2] / "examples" / "corner_shop"
ANSWERS = answers_for("corner-shop", name="The Corner Shop", locale="en", currency="CNY", preset="participants")


def wanted() -> dict[str, bytes]:
    """Every file of the example by its path inside it."""
    files = {name: content for name, (content, _) in rendered(ANSWERS, core_version=shared_core.__version__).items()}
    return files | {"brand/plan.toml": plan.preset(ANSWERS["preset"]).encode()}


def write() -> None:
    """Replace the example."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, content in wanted().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    write()
