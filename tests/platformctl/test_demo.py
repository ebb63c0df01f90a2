"""`platformctl demo` and `dev` as processes: from nothing to a page in the browser, and an orderly end."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.platformctl.conftest import SHELL_VARIABLES

READY_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@contextmanager
def running(folder: Path, port: int, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A platformctl process that answers on `port`."""
    environment = {name: value for name, value in os.environ.items() if name not in SHELL_VARIABLES}
    with (folder / "out.txt").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "platformctl", *arguments, "--port", str(port)],
            cwd=folder,
            env=environment | {"LANG": "C.UTF-8", "XDG_CACHE_HOME": str(folder / "cache")},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(process, port, folder / "out.txt")
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(process: "subprocess.Popen[bytes]", port: int, out: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if fetch(port, "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"not ready:\n{out.read_text()}")


def test_one_command_brings_up_a_lived_in_shop_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port, "demo", "--preset", "outlet") as process:
        said = (tmp_path / "out.txt").read_text()
        assert f"http://127.0.0.1:{port}/" in said
        assert "owner@demo.example" in said
        status, page = fetch(port, "/")
        assert status == 200
        assert "The Corner Shop" in page
        assert "(sample)" in page
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(STOP_SECONDS_MAX) in (0, 130)
    assert "Traceback" not in (tmp_path / "out.txt").read_text()
    assert (tmp_path / "demo-shop" / "brand" / "brand.toml").is_file()
    in_five_days = (datetime.now(UTC) + timedelta(days=5)).strftime("%Y-%m-%d")
    with closing(sqlite3.connect(tmp_path / "demo-shop" / "shop.db")) as shop:
        waiting = shop.execute("SELECT due_at > ? FROM order_order WHERE state = 'placed'", (in_five_days,)).fetchall()
    assert waiting == [(1,)] * 2, "there is a payment to confirm still when somebody looks again days later"


def test_a_port_in_use_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "platformctl", "demo", "--port", port],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 4
    assert port in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_fault_made_while_developing_is_shown_in_the_browser_until_it_is_mended(tmp_path: Path) -> None:
    port = free_port()
    new = [sys.executable, "-m", "platformctl", "new", "shop", "--yes", "--set", "name=Elm Street"]
    subprocess.run(new, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    brand = tmp_path / "shop" / "brand" / "brand.toml"
    good = brand.read_text("utf-8")
    with running(tmp_path, port, "dev", "-C", "shop") as process:
        assert "Elm Street" in fetch(port, "/")[1]
        brand.write_text(good.replace("tagline", "tagliine"), "utf-8")
        assert "'tagline'" in page_when(port, lambda page: "tagliine" in page)
        brand.write_text(good.replace("Elm Street", "Oak Street"), "utf-8")
        assert page_when(port, lambda page: "Oak Street" in page)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(STOP_SECONDS_MAX) in (0, 130)


def page_when(port: int, wanted: Callable[[str], bool]) -> str:
    """The home page once it is as wanted."""
    deadline = time.monotonic() + READY_SECONDS_MAX
    page = ""
    while time.monotonic() < deadline:
        try:
            page = fetch(port, "/")[1]
        except OSError:
            page = ""
        if wanted(page):
            return page
        time.sleep(0.2)
    pytest.fail(f"the page never came; the last was: {page[:500]}")
