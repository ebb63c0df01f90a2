"""Files that never change under their address, and documents that are for few."""

from pathlib import Path

from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

FOR_EVER = "public, max-age=31536000, immutable"
NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What is opened by itself must not run anything."""
DOCUMENT_TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg"}
PICTURE_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg"}


def picture(file: Path | None) -> FileResponse:
    """A picture that is kept by its content; 404 where there is none."""
    if file is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOR_EVER, "Content-Security-Policy": NO_SCRIPTS, "Vary": "Accept"}
    return FileResponse(file, media_type=PICTURE_TYPES[file.suffix], headers=headers)


def document(file: Path | None, *, name: str) -> FileResponse:
    """A document to be put away, never shown within a page of ours; 404 where there is none. `name`: without suffix."""
    if file is None:
        raise HTTPException(404)
    headers = {"Content-Security-Policy": NO_SCRIPTS}
    kind = DOCUMENT_TYPES[file.suffix]
    return FileResponse(file, media_type=kind, filename=f"{name}{file.suffix}", headers=headers)
