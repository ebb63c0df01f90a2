"""From bytes that somebody sent to the files that are shown: decoded, turned upright, and nothing but pixels kept."""

import hashlib
import struct
import threading
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageOps

from shared_core.media import rules
from shared_core.media.errors import NotADocument, NotAPicture, PictureTooHeavy, TooManyPixels

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
"""Told by content, never by name. SVG is a document that can run scripts, so it is none of them."""
PAGE_FORMATS = ("JPEG", "PNG")
MASTER: Final = f"{rules.WIDTHS[-1]}.webp"
FALLBACK: Final = "960.jpg"
"""For whoever cannot show WebP, whatever the width."""
FALLBACK_WIDTH = 960
QUALITY = 82
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    IndexError,
    KeyError,
    EOFError,
    struct.error,
    MemoryError,
)
"""What decoders raise over damaged files."""

ROOMY = 2 * rules.WIDTHS[-1]
"""To so many pixels on its longer side a picture is shrunk before it is looked at further."""
_TURN = threading.Lock()
"""One is decoded at a time: a large one takes hundreds of megabytes."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A picture as it is kept: `files` by name; `digest` is the SHA-256 of the widest."""

    digest: str
    width: int
    height: int
    files: dict[str, bytes]


def render(content: bytes) -> Rendered:
    """The picture in all widths. Raises PictureTooHeavy, TooManyPixels, NotAPicture."""
    upright = _decoded(content)
    return _rendered(upright, _webp(_at_most(upright, rules.WIDTHS[-1])))


def render_kept(content: bytes) -> Rendered:
    """A picture that is a kept one's widest file already, and stays as it is. Raises like `render`."""
    return _rendered(_decoded(content), content)


def page(content: bytes) -> bytes:
    """A page that was photographed or scanned, large enough to be read, as JPEG. Raises TooManyPixels, NotADocument."""
    try:
        return _jpeg(_at_most(_decoded(content, PAGE_FORMATS), ROOMY))
    except NotAPicture as error:
        raise NotADocument from error


def _decoded(content: bytes, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """The first picture of a file, upright, in RGB or RGBA, with nothing but its pixels."""
    if len(content) > rules.BYTES_MAX:
        raise PictureTooHeavy(maximum=rules.BYTES_MAX // 2**20)
    try:
        with _TURN, Image.open(BytesIO(content), formats=formats) as opened:
            if opened.width * opened.height > rules.PIXELS_MAX:
                raise TooManyPixels(maximum=rules.PIXELS_MAX // 1_000_000)
            opened.draft(None, (ROOMY, ROOMY))  # JPEG alone: decodes no more than is needed
            return _pixels(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(maximum=rules.PIXELS_MAX // 1_000_000) from error
    except UNREADABLE as error:
        raise NotAPicture() from error


def _pixels(opened: Image.Image) -> Image.Image:
    """Colours as a screen has them; what stood beside the pixels (place, camera, profile, texts) is gone."""
    profile, mode = opened.info.get("icc_profile"), "RGBA" if opened.has_transparency_data else "RGB"
    picture = opened if opened.mode == "CMYK" else opened.convert(mode)
    picture.thumbnail((ROOMY, ROOMY), reducing_gap=2)
    picture = ImageOps.exif_transpose(picture)
    if profile and picture.mode in {"RGB", "CMYK"}:
        picture = _on_screen(picture, profile)
    picture = picture.convert(mode)
    picture.info.clear()
    return picture


def _on_screen(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        screen = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, BytesIO(profile), screen, outputMode="RGB") or picture
    except ImageCms.PyCMSError:  # the profile is damaged: the numbers are taken for what a screen shows
        return picture


def _rendered(upright: Image.Image, master: bytes) -> Rendered:
    files = {f"{width}.webp": _webp(_at_most(upright, width)) for width in rules.WIDTHS[:-1]}
    files[FALLBACK] = _jpeg(_at_most(upright, FALLBACK_WIDTH))
    width, height = rules.fitting(*upright.size, rules.WIDTHS[-1])
    return Rendered(hashlib.sha256(master).hexdigest(), width, height, files | {MASTER: master})


def _at_most(picture: Image.Image, widest: int) -> Image.Image:
    size = rules.fitting(*picture.size, widest)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _webp(picture: Image.Image) -> bytes:
    return _saved(picture, "WEBP", method=4)


def _jpeg(picture: Image.Image) -> bytes:
    """On white, where it is clear."""
    if picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    return _saved(picture, "JPEG", optimize=True, progressive=True)


def _saved(picture: Image.Image, format: str, **how: object) -> bytes:
    file = BytesIO()
    picture.save(file, format, quality=QUALITY, **how)
    return file.getvalue()
