"""What a shop says in words of its own: brand.toml, the names in its plan, its templates, its translations."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from shared_core import plan
from shared_core.kernel.tomlfile import KeyPath, key_lines, line_of

NAMES = frozenset({"name", "zh", "en"})


def shop_texts(brand_dir: Path) -> list[plan.ShopText]:
    """Every text of the brand folder that people read, with its line. The files must be readable: check them first."""
    return [
        *_toml_texts(brand_dir / "brand.toml", keys=None),
        *_toml_texts(brand_dir / "plan.toml", keys=NAMES),
        *(each for file in sorted((brand_dir / "theme" / "templates").rglob("*.html")) for each in _lines(file)),
        *(each for file in sorted((brand_dir / "locale").glob("*.po")) for each in _translations(file)),
    ]


def _toml_texts(file: Path, *, keys: frozenset[str] | None) -> Iterator[plan.ShopText]:
    """The texts under `keys`, every text where None."""
    content = file.read_text(encoding="utf-8-sig")
    lines = key_lines(content)
    for path, text in _leaves(tomllib.loads(content), ()):
        words = [part for part in path if isinstance(part, str)]
        if keys is None or words[-1] in keys:
            yield plan.ShopText(str(file), line_of(path, lines) or 1, text)


def _leaves(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place))


def _lines(file: Path) -> Iterator[plan.ShopText]:
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if line.strip():
            yield plan.ShopText(str(file), number, line)


def _translations(file: Path) -> Iterator[plan.ShopText]:
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.stem)
    for message in catalogue:
        said = (message.string,) if isinstance(message.string, str) else message.string or ()
        if message.id:
            yield from (plan.ShopText(str(file), message.lineno or 1, text) for text in said if text)
