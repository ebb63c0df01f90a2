"""`platformctl doctor`: is this machine ready to run a shop? Every finding says what to do."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

import shared_core
from platformctl import git
from platformctl.failures import GitMissing, UnknownExamination
from platformctl.messages import N_
from platformctl.ports import port_fault
from platformctl.shop import ShopFolder
from shared_core import migrations
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.settings import Settings, read_settings, review_settings

PYTHON_OLDEST = (3, 11)
Examination = Callable[["Patient"], Iterator[Finding]]


@dataclass(frozen=True)
class Patient:
    """What is examined: the machine, and the shop if there is one."""

    shop: ShopFolder | None
    port: int


def examine(shop: ShopFolder | None, *, port: int, only: tuple[str, ...] = ()) -> list[Finding]:
    """All findings, or those of the examinations named in `only`; severity "info" tells what is well.

    Raises UnknownExamination.
    """
    for name in only:
        if name not in EXAMINATIONS:
            raise UnknownExamination(name=name, known=", ".join(EXAMINATIONS))
    patient = Patient(shop, port)
    return [finding for name, look in EXAMINATIONS.items() if not only or name in only for finding in look(patient)]


def _python(_: Patient) -> Iterator[Finding]:
    running = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < PYTHON_OLDEST:
        yield Finding(
            "python_too_old", N_("Python {running} is too old; 3.11 or newer is needed."), params={"running": running}
        )
    else:
        yield Finding("python", "Python {running}", severity="info", params={"running": running})


def _git(_: Patient) -> Iterator[Finding]:
    try:
        installed = git.version()
    except GitMissing as missing:
        yield Finding("git_missing", missing.message)
        return
    shown = ".".join(str(part) for part in installed)
    if installed < git.OLDEST:
        yield Finding(
            "git_too_old",
            N_("git {installed} can make shops but not upgrade them; 2.38 or newer is needed."),
            severity="warning",
            params={"installed": shown},
        )
    else:
        yield Finding("git", "git {installed}", severity="info", params={"installed": shown})


def _packages(_: Patient) -> Iterator[Finding]:
    """uv reads no pip configuration: a mirror that pip uses must be named to uv as well."""
    mirror = os.environ.get("PIP_INDEX_URL", "")
    if mirror and not (os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")):
        yield Finding(
            "uv_mirror",
            N_("pip is told to use a package mirror, but uv is not."),
            N_("If you use uv: export UV_DEFAULT_INDEX={mirror}"),
            severity="warning",
            params={"mirror": mirror},
        )


def _core(patient: Patient) -> Iterator[Finding]:
    running = shared_core.__version__
    if patient.shop is None:
        yield Finding("core", N_("core {running}, no shop here"), severity="info", params={"running": running})
    elif patient.shop.pin is None:
        yield Finding(
            "core_not_pinned",
            N_("the file does not say which version of the core the shop wants."),
            N_('It needs the line: dependencies = ["platform-in-a-box=={running}"]'),
            severity="warning",
            file="pyproject.toml",
            params={"running": running},
        )
    elif not patient.shop.core_fits:
        yield Finding(
            "core_mismatch",
            N_("the shop wants core {wanted}, but {running} is running."),
            N_("Make the shop's own environment: python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"),
            file="pyproject.toml",
            params={"wanted": patient.shop.pin, "running": running},
        )
    else:
        yield Finding("core", N_("core {running}, as the shop wants"), severity="info", params={"running": running})


def _settings(patient: Patient) -> Iterator[Finding]:
    if patient.shop is None:
        return
    yield from review_settings()


def _database(patient: Patient) -> Iterator[Finding]:
    settings = _usable_settings()
    if patient.shop is None or settings is None:
        return
    try:
        missing = migrations.pending(settings.database_url, brand=patient.shop.brand)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding(
            "database_unreachable",
            N_("the database cannot be reached: {reason}."),
            N_("Start it, or correct SHOP_DATABASE_URL."),
            key="SHOP_DATABASE_URL",
            params={"reason": reason.rstrip(".")},
        )
    except PlatformError as error:
        yield Finding(error.code, error.message, N_("Use the core that migrated it."), params=error.params)
    else:
        yield _schema_finding(missing)


def _schema_finding(missing: list[str]) -> Finding:
    if not missing:
        return Finding("database", N_("the database answers and is up to date"), severity="info")
    return Finding(
        "migrations_pending",
        N_("the database lacks {count} migration(s): {names}."),
        N_("Run: platformctl migrate"),
        params={"count": len(missing), "names": ", ".join(missing)},
    )


def _port(patient: Patient) -> Iterator[Finding]:
    fault = port_fault("127.0.0.1", patient.port)
    if fault:
        yield Finding(
            "port_in_use",
            N_("port {port} cannot be used: {reason}."),
            N_("Stop what uses it, or choose another one with --port."),
            severity="warning",
            params={"port": patient.port, "reason": fault},
        )
    else:
        yield Finding("port", N_("port {port} is free"), severity="info", params={"port": patient.port})


def _usable_settings() -> Settings | None:
    try:
        return read_settings()
    except ConfigError:
        return None


EXAMINATIONS: dict[str, Examination] = {
    "python": _python,
    "git": _git,
    "packages": _packages,
    "core": _core,
    "settings": _settings,
    "database": _database,
    "port": _port,
}
