"""How often a picture is asked for, and how large one is kept."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared_core.media import rules


@given(st.integers(1, 50_000), st.integers(1, 50_000), st.sampled_from(rules.WIDTHS))
def test_a_kept_picture_fits_is_never_enlarged_and_keeps_its_shape(width: int, height: int, widest: int) -> None:
    wide, high = rules.fitting(width, height, widest)
    assert 1 <= wide <= min(width, widest) and 1 <= high <= min(height, 2 * widest)
    if min(wide, high) > 100:
        assert abs(wide * height - high * width) <= max(width, height)


def test_waiting_grows_and_ends() -> None:
    waits = [rules.retry_in(attempts) for attempts in range(1, rules.ATTEMPTS_MAX + 1)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=16)]
    assert waits[-2] == rules.RETRY_LONGEST and waits[-1] is None
