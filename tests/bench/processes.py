"""Processes that are measured: started with their parent's life, stopped by us, and what CPU they used."""

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.postgres import dying_with_parent

STOP_SECONDS_MAX = 30
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process group of our own; stopped, whatever happens."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*dying_with_parent(), *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,  # not a session: those are given the processor by turns
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End the group of a process that `running` started."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS_MAX)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def cpu_seconds(roots: Iterable[int]) -> float:
    """What these processes and all below them have used so far, with children that have ended and were waited for."""
    stats = dict(_stats())
    below: dict[int, list[int]] = {}
    for pid, (parent, _) in stats.items():
        below.setdefault(parent, []).append(pid)
    waiting, total = list(roots), 0
    while waiting:
        pid = waiting.pop()
        waiting += below.get(pid, [])
        total += stats[pid][1] if pid in stats else 0
    return total / _TICKS


def _stats() -> Iterator[tuple[int, tuple[int, int]]]:
    """Every process: its number, its parent's, and its ticks."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:  # it has ended meanwhile
            continue
        fields = text.rpartition(")")[2].split()
        yield int(entry.name), (int(fields[1]), sum(int(ticks) for ticks in fields[11:15]))
