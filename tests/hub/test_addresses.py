"""Names in addresses of pages."""

from urllib.parse import unquote

from hypothesis import example, given
from hypothesis import strategies as st

from shared_core.web.going import as_step, step_name


@given(name=st.text(min_size=1))
@example(name="..")
@example(name="a/../b")
@example(name="50%2F")
@example(name="~2F")
def test_a_name_is_one_step_and_is_read_back_however_often_it_is_unquoted(name: str) -> None:
    step = as_step(name)
    assert "/" not in step and step not in (".", "..")
    once = unquote(step)
    assert step_name(once) == step_name(unquote(once)) == name


def test_an_ordinary_number_stays_as_it_is() -> None:
    assert as_step("north.K7M2P4Q9-1") == "north.K7M2P4Q9-1"
