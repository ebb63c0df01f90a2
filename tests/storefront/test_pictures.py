"""Pictures drawn from a code."""

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from shared_core.storefront.contrast import luminance
from shared_core.storefront.pictures import Palette, hero_art, lift, mix, product_art, turn

PALETTE = Palette(paper="#faf7f1", ink="#1c1a17", primary="#1f4d3f", accent="#a8482a")

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
palettes = st.builds(Palette, paper=colours, ink=colours, primary=colours, accent=colours)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), palettes)
def test_every_code_under_every_palette_gives_a_small_well_formed_picture(code: str, palette: Palette) -> None:
    art = product_art(code, palette)
    assert ElementTree.fromstring(art).tag == "{http://www.w3.org/2000/svg}svg"
    assert len(art) < 3_000
    assert "nan" not in art


def test_the_same_code_always_gives_the_same_picture() -> None:
    assert product_art("A-1", PALETTE) == product_art("A-1", PALETTE)


def test_different_codes_look_different() -> None:
    assert len({product_art(f"SKU-{number}", PALETTE) for number in range(50)}) == 50


def test_a_code_cannot_put_markup_into_its_picture() -> None:
    assert "script" not in product_art("<script>alert(1)</script>", PALETTE)
    assert "script" not in hero_art("<script>", PALETTE)


@given(colours, colours)
def test_mixing_nothing_in_changes_nothing_and_mixing_all_in_replaces(one: str, other: str) -> None:
    assert mix(one, other, 0) == one
    assert mix(one, other, 1) == other


@given(colours)
def test_turning_a_grey_leaves_it_grey(colour: str) -> None:
    grey = f"#{colour[1:3] * 3}"
    assert turn(grey, 77) == grey


@given(colours)
def test_lifting_never_darkens(colour: str) -> None:
    assert luminance(lift(colour, 0.6)) >= luminance(colour)
