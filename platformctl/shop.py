"""The shop a command is run for: where it is, which core it wants, and how to run there."""

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import shared_core
from platformctl.failures import NoShopEnvironment, NotAShop

REENTERED = "PLATFORMCTL_REENTERED"
_PIN = re.compile(r"platform-in-a-box\s*==\s*([^\s;,]+)")


@dataclass(frozen=True)
class ShopFolder:
    """A generated shop. `pin` is the version of the core it wants, None when its pyproject.toml does not say."""

    root: Path
    pin: str | None

    @classmethod
    def find(cls, start: Path) -> "ShopFolder":
        """The shop that `start` is in. Raises NotAShop."""
        start = start.absolute()
        for folder in (start, *start.parents):
            if (folder / "brand" / "brand.toml").is_file():
                return cls(folder, _pin(folder / "pyproject.toml"))
        raise NotAShop(folder=start)

    @property
    def brand(self) -> Path:
        return self.root / "brand"

    @property
    def python(self) -> Path | None:
        """The interpreter of the shop's own environment, where it has one with the core in it."""
        for place in ("bin/python", "Scripts/python.exe"):
            python = self.root / ".venv" / place
            if python.exists() and any((self.root / ".venv").glob("[lL]ib/**/site-packages/platformctl")):
                return python
        return None

    @property
    def is_own_environment(self) -> bool:
        """Whether this process already runs in the shop's environment."""
        return Path(sys.prefix).resolve() == (self.root / ".venv").resolve()

    @property
    def core_fits(self) -> bool:
        """Whether the running core is the one the shop wants."""
        return self.pin in (None, shared_core.__version__)


def enter(shop: ShopFolder, *, strict: bool = True) -> None:
    """Go on in the shop's folder, with the shop's environment and version of the core.

    Where the shop has an environment of its own, this process becomes `platformctl` of that environment and does not
    return. Else the running core must be the wanted one: raises NoShopEnvironment (not when `strict` is False).
    """
    if shop.python and not shop.is_own_environment and not os.environ.get(REENTERED):
        _become(shop.python)
    if strict and not shop.core_fits:
        raise NoShopEnvironment(wanted=shop.pin, running=shared_core.__version__, folder=shop.root)
    os.chdir(shop.root)
    sys.path.insert(0, str(shop.root))


def _become(python: Path) -> None:
    command = [str(python), "-m", "platformctl", *sys.argv[1:]]
    environment = os.environ | {REENTERED: "1"}
    if os.name == "nt":
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
    os.execve(python, command, environment)


def _pin(pyproject: Path) -> str | None:
    try:
        wanted = tomllib.loads(pyproject.read_text("utf-8"))["project"]["dependencies"]
    except (OSError, tomllib.TOMLDecodeError, KeyError):
        return None
    pins = [match[1] for each in wanted if (match := _PIN.match(each))]
    return pins[0] if pins else None
