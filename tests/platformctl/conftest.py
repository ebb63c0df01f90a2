"""The command line, run in this process: arguments in, exit code and both streams out."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from platformctl import cli

SHELL_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "PIP_INDEX_URL", "SHOP_DATABASE_URL")


@dataclass(frozen=True)
class Outcome:
    """What a command ended with."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def ctl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs platformctl in an empty folder, in English, with a cache of its own."""
    for variable in SHELL_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place = tmp_path / "place"
    place.mkdir()

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.chdir(place)
        monkeypatch.setattr(sys, "path", list(sys.path))
        monkeypatch.setattr(sys, "argv", ["platformctl", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, out, err)

    return run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder the commands are run in."""
    return tmp_path / "place"
