"""The core as a wheel for a shop's `wheels/`, made from whatever this process runs: an install or a checkout.

No build tool and no package index is needed: a wheel is a zip of the two packages and their metadata. Equal sources
give equal bytes; a copy is kept in the user's cache under the hash of its content.
"""

import base64
import hashlib
import os
import re
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

import platformctl
import shared_core
from platformctl import template_source
from platformctl.failures import CoreMetadataStale

DISTRIBUTION = "platform-in-a-box"
_STEM = DISTRIBUTION.replace("-", "_")
_KEPT_METADATA = re.compile(r"(METADATA|entry_points\.txt|licenses/.*)")
_WHEEL = "Wheel-Version: 1.0\nGenerator: platformctl\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_TEMPLATE = "platformctl/_template.zip"


def put_into(folder: Path) -> Path:
    """Write the core's wheel into `folder` and return its path. Raises CoreMetadataStale."""
    content = _content()
    name = f"{_STEM}-{shared_core.__version__}-py3-none-any.whl"
    cached = cache_folder() / _fingerprint(content) / name
    if not cached.is_file():
        _write_atomically(cached, content)
    target = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(cached.read_bytes())
    return target


def cache_folder() -> Path:
    """Where built wheels are kept on this machine; XDG_CACHE_HOME moves it."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "platformctl" / "wheels"


def _content() -> dict[str, bytes]:
    """Every file of the wheel but its RECORD, by name, sorted."""
    files: dict[str, bytes] = {}
    for package in (shared_core, platformctl):
        root = Path(str(package.__file__)).parent
        for path in root.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                files[path.relative_to(root.parent).as_posix()] = path.read_bytes()
    if template_source.is_checkout():
        with tempfile.TemporaryDirectory() as folder:
            packed = Path(folder) / "template.zip"
            template_source.write_zip(template_source.CHECKOUT, packed)
            files[_TEMPLATE] = packed.read_bytes()
    return dict(sorted((files | _metadata()).items()))


def _metadata() -> dict[str, bytes]:
    installed = distribution(DISTRIBUTION)
    if installed.version != shared_core.__version__ or _declared() not in (None, _normal(installed.requires or [])):
        raise CoreMetadataStale(root=template_source.CHECKOUT)
    folder = f"{_STEM}-{installed.version}.dist-info"
    kept = {f"{folder}/WHEEL": _WHEEL.encode()}
    for file in installed.files or []:
        inside, _, rest = file.as_posix().partition(".dist-info/")
        if inside.startswith(_STEM) and _KEPT_METADATA.fullmatch(rest):
            kept[f"{folder}/{rest}"] = Path(str(file.locate())).read_bytes()
    return kept


def _declared() -> set[str] | None:
    """What a checkout's pyproject.toml says the core needs, None outside a checkout."""
    if not template_source.is_checkout():
        return None
    project = tomllib.loads((template_source.CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    return _normal(project["dependencies"])


def _normal(requirements: Iterable[str]) -> set[str]:
    """Requirements as one would compare them: blanks and the order of version bounds do not matter."""
    return {str(Requirement(each)) for each in requirements}


def _fingerprint(content: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in content.items():
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:32]


def _write_atomically(target: Path, content: dict[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in (content | _record(content)).items():
            entry = zipfile.ZipInfo(path, template_source.EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    Path(name).replace(target)


def _record(content: dict[str, bytes]) -> dict[str, bytes]:
    """The wheel's own table of contents: path, hash, size."""
    path = f"{_STEM}-{shared_core.__version__}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in content.items()]
    return {path: "\n".join([*lines, f"{path},,", ""]).encode()}


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
