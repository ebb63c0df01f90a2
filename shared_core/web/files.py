"""Files that never change under their address."""

from pathlib import Path

from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

FOR_EVER = "public, max-age=31536000, immutable"
NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What is opened by itself must not run anything."""
PICTURE_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg"}


def picture(file: Path | None) -> FileResponse:
    """A picture that is kept by its content; 404 where there is none."""
    if file is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOR_EVER, "Content-Security-Policy": NO_SCRIPTS, "Vary": "Accept"}
    return FileResponse(file, media_type=PICTURE_TYPES[file.suffix], headers=headers)
