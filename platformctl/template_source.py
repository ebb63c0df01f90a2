"""Where the storefront template is: the folders of a checkout, or one opaque zip in an installed wheel.

Standard library only: the build hook loads this file by its path, before anything is installed.
"""

import zipfile
from pathlib import Path

PACKED = Path(__file__).parent / "_template.zip"
CHECKOUT = Path(__file__).parents[1]
EPOCH = (2020, 1, 1, 0, 0, 0)
_SKIPPED_FOLDERS = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache"}


def is_checkout() -> bool:
    """Whether this package runs from a checkout, template beside it."""
    return (CHECKOUT / "copier.yml").is_file() and (CHECKOUT / "template").is_dir()


def template_files(checkout: Path) -> dict[str, Path]:
    """copier.yml and everything under template/ by name inside the checkout, sorted, caches left out."""
    inside = [
        path
        for path in (checkout / "template").rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not _SKIPPED_FOLDERS & set(path.parts)
    ]
    found = {path.relative_to(checkout).as_posix(): path for path in [checkout / "copier.yml", *inside]}
    return dict(sorted(found.items()))


def write_zip(checkout: Path, target: Path) -> None:
    """Pack the template of `checkout` into `target`; equal files give equal bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in template_files(checkout).items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = (0o100000 | _mode(path)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def entries() -> dict[str, tuple[bytes, int]]:
    """The newest template: content and mode (0o644 or 0o755) of copier.yml and every file under template/."""
    if is_checkout():
        return {name: (path.read_bytes(), _mode(path)) for name, path in template_files(CHECKOUT).items()}
    with zipfile.ZipFile(PACKED) as archive:
        return {each.filename: (archive.read(each), each.external_attr >> 16 & 0o777) for each in archive.infolist()}


def unpack(folder: Path) -> None:
    """Write the newest template into `folder`, modes included."""
    for name, (content, mode) in entries().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & 0o100 else 0o644
