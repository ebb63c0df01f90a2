"""The template made into files. Everything this program knows of Copier is in this module."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from copier import run_copy
from plumbum import local

from platformctl import template_source


def render(target: Path, answers: Mapping[str, str], *, core_version: str) -> None:
    """Render the newest template into the folder `target`. `answers` holds every question of copier.yml."""
    with tempfile.TemporaryDirectory(prefix="platformctl-template-") as folder:
        template_source.unpack(Path(folder))
        # Copier runs git once for every file it writes. This template is a plain folder, so it is shown no git.
        with local.env(PATH=""):
            run_copy(folder, target, data={**answers, "core_version": core_version}, defaults=True, quiet=True)


def rendered(answers: Mapping[str, str], *, core_version: str) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file of a shop, by its path inside the shop; the partner's plan is not among them."""
    with tempfile.TemporaryDirectory(prefix="platformctl-render-") as folder:
        target = Path(folder) / "shop"
        render(target, answers, core_version=core_version)
        return {
            path.relative_to(target).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o777)
            for path in sorted(target.rglob("*"))
            if path.is_file()
        }
