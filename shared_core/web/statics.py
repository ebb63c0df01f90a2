"""Files for browsers: ours, third parties', and folders that an app adds. Their addresses carry their version."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from shared_core.web.files import FOR_EVER, NO_SCRIPTS

PREFIX = "/static/"
ASK_AGAIN = "public, no-cache"
VERSION_LENGTH = 12

_OWN = Path(__file__).parent / "static"
_VENDOR = Path(__file__).parents[1] / "static" / "vendor"
"""Third-party browser files, brought by the build; a page must work when one is missing."""


@dataclass(frozen=True)
class Statics:
    """The files of one app. `folders`: those it adds, by the first part of their path."""

    folders: Mapping[str, Path] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """The address of a file, with its version so that browsers may keep it for ever.

        "vendor/hls.js" is a third party's, what begins with the name of an added folder that folder's, anything else
        ours.
        """
        folder, name = self._place(path)
        return f"{PREFIX}{path}?v={_file_version(folder / name, _changed(folder / name))}"

    def answer(self, request: Request, path: str) -> FileResponse:
        """The file behind a path, never outside its folder. Raises HTTPException 404."""
        folder, name = self._place(path)
        try:
            file = (folder / name).resolve()
            found = file.is_file() and file.is_relative_to(folder.resolve())
        except (OSError, ValueError):  # no file can have such a name: too long, or with a zero byte in it
            found = False
        if not found:
            raise HTTPException(404)
        version = self.url(path).rpartition("?v=")[2]
        headers = {"Cache-Control": cache_rule(request, version), "Content-Security-Policy": NO_SCRIPTS}
        return FileResponse(file, headers=headers)

    def _place(self, path: str) -> tuple[Path, str]:
        first, _, rest = path.partition("/")
        folder = {"vendor": _VENDOR, **self.folders}.get(first)
        return (_OWN, path) if folder is None else (folder, rest)


def cache_rule(request: Request, current: str) -> str:
    """Whoever asks for the version of now may keep it for ever."""
    return FOR_EVER if request.query_params.get("v") == current else ASK_AGAIN


def version_of(content: bytes) -> str:
    """A short name for exactly this content."""
    return hashlib.sha256(content).hexdigest()[:VERSION_LENGTH]


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0


@lru_cache(maxsize=512)
def _file_version(file: Path, changed: int) -> str:
    return version_of(file.read_bytes()) if changed else "missing"
