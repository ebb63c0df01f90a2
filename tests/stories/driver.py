"""A generated shop as its owner has it: a folder, a database, the command line, and processes that serve it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

HOST = "127.0.0.1"
STAGED = Path(__file__).with_name("staged.py")
PATIENCE_SECONDS = 120
GRACE_SECONDS = 20
LOOK_AGAIN_SECONDS = 0.05
ROUNDS_TO_BE_SURE = 3
LOG_SHOWN_MAX = 20_000
FOREIGN = ("SHOP_", "STAGE", "PLATFORMCTL_", "LANGUAGE", "LC_")

_arms = count(1)


@dataclass(frozen=True)
class StoryShop:
    """A shop in `folder` with the database at `url`.

    `cache`: where the core's wheel is kept between shops. `owner`: log-in and password of who runs it.
    """

    folder: Path
    url: str
    cache: Path
    owner: tuple[str, str] = ("", "")

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return own | {"LANG": "C.UTF-8", "XDG_CACHE_HOME": str(self.cache), "SHOP_DATABASE_URL": self.url}

    @property
    def secret(self) -> str:
        """The key that signs the shop's links."""
        lines = (self.folder / ".env").read_text("utf-8").splitlines()
        [key] = [line.partition("=")[2] for line in lines if line.startswith("SHOP_SECRET_KEY=")]
        return key

    def command(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run platformctl in the shop's folder, however it ends."""
        return platformctl(self.folder, self.environment, *arguments)

    def ctl(self, *arguments: str | Path) -> str:
        """Run platformctl in the shop's folder; it must succeed. Its stdout."""
        return succeeded(self.command(*arguments))

    def told(self, *arguments: str | Path) -> Any:
        """What a command that must succeed says with --json."""
        return json.loads(self.ctl(*arguments, "--json"))

    def edit(self, file: str, old: str, new: str) -> None:
        """Change one place of a file, as a partner does in an editor."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), "utf-8")


@dataclass
class Server:
    """A process that serves a shop. What it says goes to `log`."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def wait_until_ready(self) -> None:
        """Return when /readyz says so; fails with the log when the process ends before."""
        with httpx2.Client(timeout=10, verify=False) as client:
            until(lambda: self._is_ready(client), "the shop never got ready")

    def _is_ready(self, client: httpx2.Client) -> bool:
        assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.said()}"
        try:
            return client.get(f"{self.url}/readyz").status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self) -> int:
        """SIGTERM; the exit code once the process has ended."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@dataclass
class Stage(Server):
    """A server whose clock can be put forward and that can be killed at a chosen commit; see `staged.py`."""

    folder: Path = field(default_factory=Path)
    _script: dict[str, Any] = field(default_factory=dict)

    def let_pass(self, time_passed: timedelta) -> None:
        """From now on it is so much later in the shop."""
        self._script["later_seconds"] = self._script.get("later_seconds", 0) + int(time_passed.total_seconds())
        self._direct()

    def sweep(self) -> None:
        """Return when the background worker has done everything that is due by now, and what follows from it."""
        for _ in range(ROUNDS_TO_BE_SURE):
            due = self.now()
            until(lambda: self._swept_at() > due, "the worker does not work")  # noqa: B023 - used within this turn only

    def _swept_at(self) -> datetime:
        """When the last round of the worker ended: all but its last chore may have begun before."""
        swept = self.folder / "swept"
        return datetime.fromisoformat(swept.read_text()) if swept.exists() else datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """What the shop's clock shows."""
        return datetime.now(UTC) + timedelta(seconds=self._script.get("later_seconds", 0))

    def kill_at(self, commit: int, *, when: str, by: str) -> None:
        """The shop's process dies "before" or "after" its next so many-th commit by "request" or "worker"."""
        self._script["kill"] = {"arm": str(next(_arms)), "commit": commit, "when": when, "by": by}
        self._direct()

    def disarm(self) -> None:
        """No more killing."""
        self._script.pop("kill", None)
        self._direct()

    def was_killed(self) -> bool:
        """Whether the killing that was asked for last has happened."""
        fired = self.folder / "fired"
        return "kill" in self._script and fired.exists() and fired.read_text() == self._script["kill"]["arm"]

    def _direct(self) -> None:
        beside = self.folder / "script.part"
        beside.write_text(json.dumps(self._script), "utf-8")
        beside.replace(self.folder / "script.json")


def platformctl(
    folder: Path, environment: dict[str, str], *arguments: str | Path
) -> "subprocess.CompletedProcess[str]":
    """Run platformctl of this environment in `folder`."""
    command = [sys.executable, "-m", "platformctl", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def succeeded(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def served(shop: StoryShop, *, workers: int = 1, worker_inline: bool = True) -> Iterator[Server]:
    """The shop served as its Dockerfile does it."""
    port = free_port()
    options = ("--host", HOST, "--port", str(port), "--timeout-graceful-shutdown", str(GRACE_SECONDS))
    command = [sys.executable, "-m", "uvicorn", "app:app", *options, "--workers", str(workers)]
    with running(shop, command, worker_inline=worker_inline) as (process, log):
        server = Server(process, port, log)
        until(lambda: server.said().count("Application startup complete") == workers or _ended(server), "no start")
        server.wait_until_ready()
        yield server


@contextmanager
def staged(shop: StoryShop, *, worker_inline: bool = True, later: timedelta = timedelta()) -> Iterator[Stage]:
    """The shop on a stage, see `Stage`."""
    folder = shop.folder.parent / f"stage-{next(_arms)}"
    folder.mkdir()
    port = free_port()
    with running(shop, [sys.executable, str(STAGED), str(port)], worker_inline=worker_inline, STAGE=str(folder)) as (
        process,
        log,
    ):
        stage = Stage(process, port, log, folder)
        stage.let_pass(later)
        stage.wait_until_ready()
        yield stage


@contextmanager
def background_worker(shop: StoryShop) -> Iterator["subprocess.Popen[bytes]"]:
    """`platformctl worker`, as a process beside the app."""
    with running(shop, [sys.executable, "-m", "platformctl", "worker"]) as (process, _log):
        yield process
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


@contextmanager
def running(
    shop: StoryShop, command: list[str], *, worker_inline: bool = True, **variables: str
) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """A process in the shop's folder and its log; it and its children are gone afterwards."""
    log = shop.folder.parent / f"log-{next(_arms)}.txt"
    inline = {"SHOP_WORKER_INLINE": str(worker_inline).lower()}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=shop.folder,
            env=shop.environment | inline | variables,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process, log
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)
    except BaseException:
        print(log.read_text("utf-8", errors="replace")[-LOG_SHOWN_MAX:])
        raise
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], Any], otherwise: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Return once `true()`; fails, saying `otherwise`, when that takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(otherwise)
        time.sleep(LOOK_AGAIN_SECONDS)


def _ended(server: Server) -> bool:
    return server.process.poll() is not None
