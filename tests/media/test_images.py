"""A picture is what can be decoded as one, and only its pixels are kept."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shared_core import media
from shared_core.media import images, rules
from tests.media.photographs import photograph, told_too_much, written


def opened(picture: media.Rendered, name: str = images.MASTER) -> Image.Image:
    return Image.open(BytesIO(picture.files[name]))


@pytest.mark.parametrize("format", images.FORMATS)
def test_every_format_becomes_webp_in_all_widths_and_one_jpeg(format: str) -> None:
    made = media.render(photograph(size=(2000, 3000), format=format))
    sizes = {name: (opened(made, name).format, opened(made, name).size) for name in made.files}
    assert sizes == {
        "480.webp": ("WEBP", (480, 720)),
        "960.webp": ("WEBP", (960, 1440)),
        "1600.webp": ("WEBP", (1600, 2400)),
        "960.jpg": ("JPEG", (960, 1440)),
    }
    assert (made.width, made.height) == (1600, 2400)


def test_a_small_picture_is_not_enlarged() -> None:
    assert {opened(media.render(photograph(size=(40, 60))), f"{width}.webp").size for width in media.WIDTHS} == {
        (40, 60)
    }


def test_where_it_was_taken_and_with_what_is_gone() -> None:
    made = media.render(told_too_much())
    for name, content in made.files.items():
        shown = opened(made, name)
        assert not shown.getexif() and not {"exif", "xmp", "icc_profile", "comment"} & set(shown.info)
        assert b"SecretCam" not in content and b"at home" not in content


@pytest.mark.parametrize(("orientation", "size", "corner"), [(1, (64, 32), 0), (3, (64, 32), 2), (6, (32, 64), 0)])
def test_it_stands_upright(orientation: int, size: tuple[int, int], corner: int) -> None:
    """Red was on the left: turned round it is on the right, turned to stand it is on top."""
    shown = opened(media.render(told_too_much(orientation))).convert("RGB")
    assert shown.size == size
    pixel = shown.getpixel((4, 4))
    assert isinstance(pixel, tuple) and pixel[corner] > 200


def test_what_is_clear_stays_clear_and_is_white_in_a_jpeg() -> None:
    made = media.render(photograph((0, 0, 0, 0), format="PNG"))
    assert opened(made).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert opened(made, images.FALLBACK).getpixel((5, 5)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    shown = opened(media.render(file.getvalue()))
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").getpixel((5, 5))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>not found</html>",
        photograph()[:200],
        photograph(format="PNG")[:-30],
        b"\xff\xd8\xff\xe0" + b"junk" * 50,
        written(Image.new("RGB", (9, 9)), "TIFF"),
        written(Image.new("RGB", (9, 9)), "BMP"),
    ],
    ids=["empty", "svg", "page", "half-jpeg", "half-png", "junk", "tiff", "bmp"],
)
def test_anything_else_is_no_picture(content: bytes) -> None:
    with pytest.raises(media.NotAPicture):
        media.render(content)


@pytest.mark.parametrize("side", [10_000, 60_000], ids=["large", "bomb"])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(side: int) -> None:
    with pytest.raises(media.TooManyPixels):
        media.render(_promising(side, side))


def test_a_file_that_is_too_heavy_is_not_looked_at() -> None:
    with pytest.raises(media.PictureTooHeavy):
        media.render(b"\0" * (rules.BYTES_MAX + 1))


@given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]), st.integers(0, 250))
def test_no_damage_brings_more_than_a_refusal(junk: bytes, format: str, at: int) -> None:
    whole = photograph(format=format)
    spoiled = whole[:at] + junk + whole[at + len(junk) :]
    try:
        made = media.render(spoiled)
    except (media.NotAPicture, media.TooManyPixels):
        return
    assert opened(made).format == "WEBP"


@given(st.integers(1, 255), st.integers(8, 64))
def test_the_same_picture_has_the_same_name(shade: int, side: int) -> None:
    content = photograph((shade, 0, 0), size=(side, side), format="PNG")
    first, again = media.render(content), media.render(content)
    assert first.digest == again.digest and first.files == again.files
    kept = images.render_kept(first.files[images.MASTER])
    assert kept.digest == first.digest and kept.files[images.MASTER] == first.files[images.MASTER]


def _promising(width: int, height: int) -> bytes:
    """A PNG whose head promises so many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
