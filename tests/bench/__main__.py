"""Run the measurements and print the table."""

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import clicks, feeds, orders, proof, searching, simulating, starting, supplying
from tests.bench.figures import Figure, table

MEASUREMENTS: dict[str, Callable[..., Iterator[Figure]]] = {
    "clicks": clicks.measure,
    "orders": orders.measure,
    "hot": orders.measure_hot,
    "feeds": feeds.measure,
    "search": searching.measure,
    "proof": proof.measure,
    "hub": supplying.measure,
    "starting": starting.measure,
    "simulating": simulating.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    parser.add_argument("--only", action="append", choices=sorted(MEASUREMENTS), help="may be repeated; default: all")
    parser.add_argument("--quick", action="store_true", help="once and briefly: does it run at all?")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine = about()
    print(", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
    figures: list[Figure] = []
    for name in chosen.only or MEASUREMENTS:
        started = time.monotonic()
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures += MEASUREMENTS[name](quick=chosen.quick)
        print(f"… {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print("\n" + table(figures))
    if chosen.json:
        written = {"machine": machine, "figures": [each.as_dict() for each in figures]}
        chosen.json.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def about() -> dict[str, str]:
    """The machine, and how busy it is before we begin."""
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": str(len(os.sched_getaffinity(0))),
        "load": " ".join(f"{each:.1f}" for each in os.getloadavg()),
        "python": platform.python_version(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.platform()),
    }


if __name__ == "__main__":
    sys.exit(main())
