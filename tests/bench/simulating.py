"""How long a population takes to live under a plan, and how much memory: each run is a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.figures import Figure, Goal, figure
from tests.bench.servers import ROOT

PLANS = ("participants", "fan-lock")
MEMBERS = 1_000_000
LIVELY = "conversion_bps=10_000, sign_up_bps=10_000, repeat_bps=9_300"
"""Everybody signs up and orders, most of them again: about five million orders in a year."""
PROGRAM = """
from shared_core import plan
from shared_core.plan.simulation import Population, simulate
rules = plan.loads(plan.preset({plan!r}), currency="CNY")
run = simulate(rules, Population(members={members}, {habits}), seed=1)
print(len(run.history.orders["day"]))
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """A million people for a year, drawing their history included."""
    members, repeats = (20_000, 1) if quick else (MEMBERS, 3)
    for name in PLANS:
        runs = [_run(name, members) for _ in range(repeats)]
        walls, cpus, sizes = ([run[at] for run in runs] for at in range(3))
        what, note = f"simulate {name}, {members:,} people, a year", f"{runs[0][3]:,} orders"
        yield figure(f"{what}, wall", walls, "s", goal=Goal("at most", 60), note=note)
        yield figure(f"{what}, CPU", cpus, "s", note=note)
        yield figure(f"{what}, memory", sizes, "GiB", goal=Goal("at most", 4), note=note)


def _run(name: str, members: int) -> tuple[float, float, float, int]:
    """Seconds on the wall and of CPU, the most memory in GiB, the number of orders."""
    program = PROGRAM.format(plan=name, members=members, habits=LIVELY)
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        orders = int(process.stdout.read() or 0)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the simulation ended with {process.returncode}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20, orders
