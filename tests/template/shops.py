"""Answers of shops as different as they can be."""

from pathlib import Path

from platformctl import answers
from shared_core import plan

PRESETS = tuple(each.name for each in plan.presets())


def answers_for(folder: str = "corner-shop", **given: str) -> dict[str, str]:
    """Complete answers: `given` over the defaults."""
    return answers.collect(Path("/nowhere") / folder, given, PRESETS, None).answers.as_dict()


DIFFERENT = [
    answers_for(),
    answers_for(name="山货小店 & Co's 100%", locale="zh-CN", currency="JPY", slug="mountain", wheels="ignored"),
    answers_for(name="O'Neill <b>", locale="en", currency="USD", preset="fan-lock", zone="UTC"),
    answers_for(name="{{ name }}", locale="en", currency="CNY", preset="outlet"),
]
