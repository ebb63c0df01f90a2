"""`platformctl new`: a whole shop or nothing at all.

The shop is made in a folder beside its destination and moved there in one step at the end, so a failure or Ctrl-C
leaves no trace.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import shared_core
from platformctl import core_wheel, git
from platformctl.answers import Request
from platformctl.failures import CannotWrite, FolderNotEmpty, NotAFolder
from platformctl.rendering import render
from shared_core import plan
from shared_core.kernel.errors import Phrase
from shared_core.kernel.findings import ConfigError

BASE_REF = "refs/platformctl/base"
"""Where the shop keeps what the template rendered, the common ancestor of every later upgrade."""
SECRET_BYTES = 32

EditBrand = Callable[[Path, Mapping[str, str]], None]
"""Writes settings into the brand.toml of a brand folder and checks the whole."""


@dataclass(frozen=True)
class Created:
    """A shop that was made, or with `commit` None would be made; `files` are relative to `folder`."""

    folder: Path
    answers: Mapping[str, str]
    files: list[str]
    commit: str | None


def create(destination: Path, request: Request, *, edit_brand: EditBrand | None, wheel: bool = True) -> Created:
    """Make a shop in `destination`: a git repository with one commit.

    `edit_brand` is needed when the request holds settings of brand.toml; `wheel`: put the core's wheel into it.
    Raises FolderNotEmpty, NotAFolder, CannotWrite, BadAnswer, ConfigError, GitMissing and GitFailed; then nothing
    is left behind.
    """
    destination = destination.absolute()
    refuse_occupied(destination)
    with workplace(destination) as building:
        write_shop(building, request, edit_brand=edit_brand, wheel=wheel)
        files = _files(building)
        commit = git.first_commit(building, f"Start {request.answers.name} from the template", mark=BASE_REF)
        move_into_place(building, destination)
    return Created(destination, request.answers.as_dict(), files, commit)


def preview(destination: Path, request: Request, *, edit_brand: EditBrand | None) -> Created:
    """What `create` would make, checked as thoroughly; nothing is kept. Raises what `create` raises."""
    destination = destination.absolute()
    refuse_occupied(destination)
    with tempfile.TemporaryDirectory(prefix="platformctl-") as folder:
        building = Path(folder) / destination.name
        write_shop(building, request, edit_brand=edit_brand, wheel=False)
        return Created(destination, request.answers.as_dict(), _files(building), None)


def write_shop(folder: Path, request: Request, *, edit_brand: EditBrand | None, wheel: bool) -> None:
    """Render the template into `folder` and plant what belongs to the partner. Raises BadAnswer and ConfigError."""
    answers = request.answers
    text = plan.preset(answers.preset)
    plan.loads(text, currency=answers.currency, file="brand/plan.toml")
    render(folder, answers.as_dict(), core_version=shared_core.__version__)
    (folder / "brand" / "plan.toml").write_text(text, "utf-8")
    if request.brand:
        assert edit_brand is not None
        try:
            edit_brand(folder / "brand", request.brand)
        except ConfigError as error:  # the folder is a passing one: nobody could open what the findings name
            raise ConfigError([replace(each, file=_inside(folder, each.file)) for each in error.findings]) from error
    environment = (folder / ".env.example").read_text("utf-8")
    for key in ("SHOP_SECRET_KEY=", "POSTGRES_PASSWORD="):
        environment = environment.replace(f"\n{key}\n", f"\n{key}{secrets.token_hex(SECRET_BYTES)}\n")
    private = folder / ".env"
    private.touch(mode=0o600)
    private.write_text(environment, "utf-8")
    if wheel:
        core_wheel.put_into(folder / "wheels")


def refuse_occupied(destination: Path) -> None:
    """Raises NotAFolder or FolderNotEmpty unless a shop can be put at `destination`."""
    if destination.is_symlink() or (destination.exists() and not destination.is_dir()):
        raise NotAFolder(folder=destination)
    if destination.is_dir() and any(destination.iterdir()):
        raise FolderNotEmpty(folder=destination)


@contextmanager
def workplace(destination: Path) -> Iterator[Path]:
    """An unused folder beside `destination`; it and parents made for it are gone when the block fails."""
    made: list[Path] = []
    try:
        for parent in reversed([destination.parent, *destination.parent.parents]):
            if not parent.exists():
                parent.mkdir()
                made.append(parent)
        outer = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    except OSError as error:
        _remove_empty(made)
        raise CannotWrite(folder=destination.parent, reason=Phrase(error.strerror or str(error))) from error
    try:
        yield outer / "shop"
    except BaseException:
        shutil.rmtree(outer, ignore_errors=True)
        _remove_empty(made)
        raise
    outer.rmdir()


def move_into_place(building: Path, destination: Path) -> None:
    """One rename; an empty folder at `destination` gives way. Raises FolderNotEmpty when somebody was faster."""
    try:
        if os.name == "nt" and destination.exists():
            destination.rmdir()
        building.rename(destination)
    except OSError as error:
        refuse_occupied(destination)
        raise CannotWrite(folder=destination, reason=Phrase(error.strerror or str(error))) from error


def _remove_empty(folders: list[Path]) -> None:
    for folder in reversed(folders):
        folder.rmdir()


def _inside(folder: Path, file: str) -> str:
    return file.removeprefix(f"{folder}{os.sep}")


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
