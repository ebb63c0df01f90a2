"""The template made into files.

It is a Copier template, and plain Copier makes the same of it, byte for byte (a test says so). We render the part of
Copier's language that it uses by ourselves (questions answered, names and `.jinja` files through Jinja): `new` takes
half the time so, a fleet renders in milliseconds, and a shop's environment needs no Copier.
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from platformctl import template_source

ROOT = "template/"
SUFFIX = ".jinja"


def render(target: Path, answers: Mapping[str, str], *, core_version: str) -> None:
    """Render the newest template into the folder `target`. `answers` holds every question of copier.yml."""
    for name, (content, mode) in rendered(answers, core_version=core_version).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)


def rendered(answers: Mapping[str, str], *, core_version: str) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file of a shop, by its path inside the shop; the partner's plan is not among them."""
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    values = {**answers, "core_version": core_version}
    files = {}
    for source, (content, mode) in template_source.entries().items():
        if source.startswith(ROOT):
            name = environment.from_string(source.removeprefix(ROOT)).render(values)
            if name.endswith(SUFFIX):
                name = name.removesuffix(SUFFIX)
                content = environment.from_string(content.decode()).render(values).encode()
            files[name] = (content, mode)
    return files
