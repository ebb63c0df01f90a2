"""How long somebody waits who types a command: help, a new shop, the demo."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, Goal, figure
from tests.bench.processes import cpu_seconds, running
from tests.bench.servers import DISK, ROOT, free_port, wait_for

PLATFORMCTL = [sys.executable, "-m", "platformctl"]
DEMO_SECONDS_MAX = 180


def measure(*, quick: bool) -> Iterator[Figure]:
    """The commands of a first day. What is built once (the core's wheel) is there already."""
    repeats = 1 if quick else 5
    with tempfile.TemporaryDirectory(prefix="platform-bench-", dir=DISK) as made:
        folder = Path(made)
        _command(folder, "new", "warm", "--yes")
        helps = [_command(folder, "--help") for _ in range(repeats)]
        news = [_command(folder, "new", f"shop-{number}", "--yes") for number in range(repeats)]
        demos = [_demo(folder, f"demo-{number}") for number in range(1 if quick else 3)]
    yield figure("platformctl --help, CPU", [cpu for _, cpu in helps], "s", goal=Goal("at most", 0.3))
    yield figure("platformctl new, wall", [wall for wall, _ in news], "s", goal=Goal("at most", 2))
    yield figure("platformctl new, CPU", [cpu for _, cpu in news], "s")
    yield figure("platformctl demo to its first page, wall", [wall for wall, _ in demos], "s", goal=Goal("at most", 15))
    yield figure("platformctl demo to its first page, CPU", [cpu for _, cpu in demos], "s")


def _command(folder: Path, *arguments: str) -> tuple[float, float]:
    """Seconds on the wall and of CPU, children included."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*PLATFORMCTL, *arguments], cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"platformctl {' '.join(arguments)}: {said.decode(errors='replace')}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime


def _demo(folder: Path, name: str) -> tuple[float, float]:
    """From the command to the first answer of the home page: seconds on the wall and of CPU."""
    port, log = free_port(), folder / f"{name}.log"
    command = [*PLATFORMCTL, "demo", "--dir", name, "--port", str(port)]
    started = time.perf_counter()
    with running(command, folder=folder, environment=_environment(), log=log) as process:
        wait_for(port, "/", log=log, seconds_max=DEMO_SECONDS_MAX)
        return time.perf_counter() - started, cpu_seconds([process.pid])


def _environment() -> dict[str, str]:
    """No setting of the caller's shop."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    return kept | {"PYTHONPATH": str(ROOT)}
