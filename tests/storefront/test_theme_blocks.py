"""Block names are public: themes override them, so the documented list and the templates say the same."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "shared_core" / "storefront" / "templates"
EVERY_TEMPLATE = sorted((ROOT / "shared_core").rglob("*.html"))
BLOCKS_PER_TEMPLATE_MAX = 5
FRAME = {"title", "head", "header", "content", "footer"}


def test_the_documented_blocks_are_the_blocks_of_the_templates() -> None:
    assert _documented() == _actual()


def test_a_page_has_few_blocks() -> None:
    assert {name: blocks for name, blocks in _actual().items() if len(blocks) > BLOCKS_PER_TEMPLATE_MAX} == {}


def test_no_template_carries_inline_style_or_script() -> None:
    forbidden = re.compile(r"\sstyle=|\son[a-z]+=|javascript:|<style|<script(?![^>]*\ssrc=)")
    offenders = [file.name for file in EVERY_TEMPLATE if forbidden.search(file.read_text("utf-8"))]
    assert offenders == []


def test_every_form_that_posts_carries_its_token() -> None:
    missing = [
        (file.name, form[:90])
        for file in EVERY_TEMPLATE
        for form in re.findall(r'<form[^>]*method="post".*?</form>', file.read_text("utf-8"), re.DOTALL)
        if "token()" not in form
    ]
    assert missing == []


def _documented() -> dict[str, set[str]]:
    text = (ROOT / "docs" / "theme.md").read_text("utf-8")
    table = text.split("<!-- blocks:")[1].split("<!-- end of blocks -->")[0]
    rows = re.findall(r"^\| `([\w.]+)`[^|]*\|([^|]*)\|$", table, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", blocks)) for name, blocks in rows}


def _actual() -> dict[str, set[str]]:
    """Blocks by template; the frame's blocks count where they are first made, in layout.html."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"])
    found = {}
    for file in sorted(TEMPLATES.glob("*.html")):
        tree = environment.parse(file.read_text("utf-8"))
        blocks = {block.name for block in tree.find_all(nodes.Block)}
        found[file.name] = blocks if file.name == "layout.html" else blocks - FRAME
    return found
