"""What a shop says in words of its own: brand.toml, the names in a plan, its templates, its translations."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from shared_core import plan
from shared_core.kernel.tomlfile import KeyPath, key_lines, line_of

Found = tuple[Path, int, str]
"""A file, a line, a text."""
NAMES = frozenset({"name", "zh", "en"})


def shop_texts(brand_dir: Path, plan_file: Path) -> list[plan.ShopText]:
    """Every text of the brand folder that people read under the version of the plan in `plan_file`, with its line.

    The files must be readable: check them first.
    """
    return [
        plan.ShopText(f"brand/{file.relative_to(brand_dir).as_posix()}", line, text)
        for file, line, text in _found(brand_dir, plan_file)
    ]


def _found(brand_dir: Path, plan_file: Path) -> Iterator[Found]:
    yield from _toml_texts(brand_dir / "brand.toml", keys=None)
    yield from _toml_texts(plan_file, keys=NAMES)
    for file in sorted((brand_dir / "theme" / "templates").rglob("*.html")):
        yield from _lines(file)
    for file in sorted((brand_dir / "locale").glob("*.po")):
        yield from _translations(file)


def _toml_texts(file: Path, *, keys: frozenset[str] | None) -> Iterator[Found]:
    """The texts under `keys`, every text where None."""
    content = file.read_text(encoding="utf-8-sig")
    lines = key_lines(content)
    for path, text in _leaves(tomllib.loads(content), ()):
        words = [part for part in path if isinstance(part, str)]
        if keys is None or words[-1] in keys:
            yield file, line_of(path, lines) or 1, text


def _leaves(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place))


def _lines(file: Path) -> Iterator[Found]:
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if line.strip():
            yield file, number, line


def _translations(file: Path) -> Iterator[Found]:
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.stem)
    for message in catalogue:
        said = (message.string,) if isinstance(message.string, str) else message.string or ()
        if message.id:
            yield from ((file, message.lineno or 1, text) for text in said if text)
