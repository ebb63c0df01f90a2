"""The few git commands we run, untouched by the caller's git environment."""

import os
import shutil
import subprocess
from pathlib import Path

from platformctl.failures import GitFailed, GitMissing

OLDEST = (2, 38)
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_CONFIG_PARAMETERS")
FALLBACK_NAME, FALLBACK_EMAIL = "platformctl", "platformctl@localhost"


def run(folder: Path, *arguments: str, settings: dict[str, str] | None = None) -> str:
    """Run git in `folder` and return its stdout without the last line break. Raises GitMissing and GitFailed."""
    program = shutil.which("git")
    if program is None:
        raise GitMissing
    options = [part for name, value in (settings or {}).items() for part in ("-c", f"{name}={value}")]
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    done = subprocess.run(
        [program, *options, *arguments],
        cwd=folder,
        env=environment | {"LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GitFailed(command=arguments[0], reason=done.stderr.strip() or f"exit code {done.returncode}")
    return done.stdout.rstrip("\n")


def version() -> tuple[int, ...]:
    """The installed version, (2, 39, 5). Raises GitMissing."""
    words = run(Path.cwd(), "--version").split()
    return tuple(int(part) for part in words[2].split(".") if part.isdigit())


def first_commit(folder: Path, message: str, *, mark: str) -> str:
    """Make `folder` a repository with everything in one commit, and point the ref `mark` at it; returns its id.

    Works without a configured author, and runs no hook, template or signature of this machine.
    """
    run(folder, "init", "--quiet", "--initial-branch=main", "--template=")
    run(folder, "add", "--all")
    settings = {"commit.gpgsign": "false", "core.hooksPath": os.devnull, "gc.auto": "0"} | _author(folder)
    run(folder, "commit", "--quiet", "--no-verify", "--message", message, settings=settings)
    commit = run(folder, "rev-parse", "HEAD")
    run(folder, "update-ref", mark, commit)
    return commit


def _author(folder: Path) -> dict[str, str]:
    """Name and mail for a commit where the machine has none."""
    known = run(folder, "config", "--list", "--name-only", "--includes").splitlines()
    wanted = {"user.name": FALLBACK_NAME, "user.email": FALLBACK_EMAIL}
    return {key: value for key, value in wanted.items() if key not in known}
