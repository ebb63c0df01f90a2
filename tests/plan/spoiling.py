"""Configuration with one line written wrongly, in every way."""

from collections.abc import Iterator

WRONG = (
    *("-1", "1.5", "0", "true", "[]", "[1]", "{ a = 1 }", "2026-01-01", "nonsense", '"x"', '"unclosed', '"-1"', '"7"'),
    *("[[1]]", f'"{"x" * 600}"', '["x", "x"]', "x = 1", '"a\\qb"', "1979-13-01", '"200%"', '"#zzz"', '"forever"', ""),
)


def spoilt(text: str) -> Iterator[str]:
    """The text with one line spoilt, in every way, line by line."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if not equals or key.startswith("#"):
            continue
        for wrong in (*WRONG, None):
            changed = [] if wrong is None else [f"{key} = {wrong}"]
            yield "\n".join([*lines[:place], *changed, *lines[place + 1 :]])
        yield "\n".join([*lines[:place], f"x{line}", *lines[place:]])
