"""A private PostgreSQL server for one test run.

It lives in shared memory, listens on a Unix socket only, and dies with the test run. PostgreSQL refuses
to run as root, so then the server processes run as `postgres` or `nobody`.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS_MAX = 30
MISSING = (
    "PostgreSQL's server programs were not found on PATH, in $PGBIN or under /usr/lib/postgresql. "
    "On Debian or Ubuntu: apt-get install postgresql"
)
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


class PostgresMissing(Exception):
    """The machine has no PostgreSQL server programs."""


@dataclass(frozen=True)
class Server:
    """A running server: its process, its folder, and addresses of databases in it."""

    process: "subprocess.Popen[bytes]"
    folder: Path

    def url(self, database: str) -> str:
        """SQLAlchemy address of one database."""
        return f"postgresql+psycopg://tests@/{database}?host={self.folder}"

    def stop(self) -> None:
        """Stop the server at once and remove its folder."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def binaries() -> Path:
    """The folder with `initdb` and `postgres`; raises PostgresMissing."""
    candidates = [Path(folder) for folder in [os.environ.get("PGBIN", "")] if folder]
    found = shutil.which("postgres")
    if found:
        candidates.append(Path(found).resolve().parent)
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(versions, key=lambda path: float(path.parent.name), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing(MISSING)


def start(settings: Mapping[str, str] = SETTINGS, *, parent: str | None = None) -> Server:
    """Make a data folder (in `parent`, else in memory) and start a server on it; returns when it takes connections."""
    programs = binaries()
    account = server_account()
    folder = Path(tempfile.mkdtemp(prefix="platform-tests-", dir=parent or memory_folder()))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    identity: dict[str, Any] = {}
    if account:
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    initdb = [str(programs / "initdb"), "-N", "-A", "trust", "-U", "tests", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*initdb, "-D", str(folder / "data")], check=True, stdout=subprocess.DEVNULL, cwd="/", **identity)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*dying_with_parent(), *command], stdout=log, stderr=log, cwd="/", **identity)
    server = Server(process, folder)
    wait_until_ready(server)
    return server


def wait_until_ready(server: Server) -> None:
    """Return when the server accepts connections; raises RuntimeError with its log if it does not."""
    deadline = time.monotonic() + START_SECONDS_MAX
    probe = [str(binaries() / "pg_isready"), "-q", "-h", str(server.folder), "-U", "tests", "-d", "postgres"]
    while time.monotonic() < deadline and server.process.poll() is None:
        if subprocess.run(probe, check=False).returncode == 0:
            return
        time.sleep(0.05)
    log = (server.folder / "log").read_text(errors="replace")
    server.stop()
    raise RuntimeError(f"PostgreSQL did not start:\n{log}")


def server_account() -> pwd.struct_passwd | None:
    """The account the server must run as when we are root, else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("Running as root, and there is neither a `postgres` nor a `nobody` account.")


def memory_folder() -> str | None:
    """Shared memory where there is some (fast and kind to disks), else the usual temporary folder."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def dying_with_parent() -> list[str]:
    """Prefix of a command that makes the kernel end it when the test run is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig=QUIT", "--"] if setpriv else []
