"""What may go wrong at the command line, and the exit codes that tell a script.

0  done                      3  a conflict: the folder is not empty, the world moved on
1  findings: see the list    4  the environment: database, port, git, missing environment
2  usage                     130  interrupted
"""

from collections.abc import Sequence
from typing import ClassVar

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.findings import ConfigError

OK, FINDINGS, USAGE, CONFLICT, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 4, 130
_OUTSIDE = {
    "database_unreachable",
    "schema_unknown",
    "supply_unavailable",
    "hub_refused",
}  # no edit of a file mends these
_FOUND = {"plan_refused"}  # rules of law stop the plan
_BY_STATUS = {409: CONFLICT, 404: USAGE, 422: USAGE}


class CommandError(PlatformError):
    """A command cannot do what was asked."""

    code = "usage"
    exit_code: ClassVar[int] = USAGE


class NotAShop(CommandError):
    code = "not_a_shop"
    message = "There is no shop in {folder} (no brand/brand.toml). Make one with: platformctl new my-shop"


class NotAHub(CommandError):
    code = "not_a_hub"
    message = "There is no hub in {folder} (no hub.toml). Make one with: platformctl hub init my-hub"


class SuppliesItself(CommandError):
    code = "supplies_itself"
    message = 'The shop supplies itself. Write mode = "hub" and url = "https://…" under [supply] in {file} first.'


class NotConnectable(CommandError):
    code = "not_connectable"
    exit_code = CONFLICT
    message = "The shop cannot be connected: {reason}."


class BadMapping(CommandError):
    code = "bad_mapping"
    message = "{file}, line {line}: {reason}. Nothing was changed."


class NoSuchPlan(CommandError):
    code = "no_such_plan"
    message = "{plan!r} is neither a file nor a preset. Presets: {known}."


class UnknownAnswer(CommandError):
    code = "unknown_answer"
    message = "{key!r} is not something a shop can be asked. {hint}"


class BadAnswer(CommandError):
    code = "bad_answer"
    message = "{key} = {value!r} cannot be used: {reason}"


class PictureFileRefused(CommandError):
    code = "picture_file_refused"
    message = "{file}: {reason}"


class FileRefused(CommandError):
    code = "file_refused"
    message = "{file}: {reason}"


class BadAnswersFile(CommandError):
    code = "bad_answers_file"
    message = "The answers in {file} cannot be read: {reason}"


class UnknownExamination(CommandError):
    code = "unknown_examination"
    message = "There is no examination {name!r}. Examinations: {known}."


class FolderNotEmpty(CommandError):
    code = "folder_not_empty"
    exit_code = CONFLICT
    message = "{folder} is not empty. Choose another folder, or empty this one first; nothing was changed."


class NotAFolder(CommandError):
    code = "not_a_folder"
    exit_code = CONFLICT
    message = "{folder} exists and is not a folder."


class NotInProduction(CommandError):
    code = "not_in_production"
    exit_code = CONFLICT
    message = "Samples are not put into what runs in production ({setting}=production)."


class EnvironmentTrouble(CommandError):
    """Something outside is missing or busy."""

    code = "environment"
    exit_code = ENVIRONMENT


class CannotWrite(EnvironmentTrouble):
    code = "cannot_write"
    message = "{folder} cannot be written: {reason}"


class PortInUse(EnvironmentTrouble):
    code = "port_in_use"
    message = "Port {port} on {host} cannot be used: {reason}. Choose another one with --port."


class GitMissing(EnvironmentTrouble):
    code = "git_missing"
    message = "git was not found. Install it (on Debian or Ubuntu: apt-get install git) and try again."


class GitFailed(EnvironmentTrouble):
    code = "git_failed"
    message = "git {command} failed: {reason}"


class CoreMetadataStale(EnvironmentTrouble):
    code = "core_metadata_stale"
    message = "The source has changed since it was installed. Install it again: pip install -e {root}"


class NoShopEnvironment(EnvironmentTrouble):
    code = "no_shop_environment"
    message = (
        "This shop wants version {wanted} of the core, and this is version {running}. Make the shop's own environment: "
        "cd {folder} && python3 -m venv .venv && .venv/bin/pip install -r requirements.txt (or: uv sync)"
    )


class DatabaseUnusable(EnvironmentTrouble):
    code = "database_unreachable"
    message = "The database cannot be used: {reason}. Start it, or correct its address in .env."


class SchemaBehind(EnvironmentTrouble):
    code = "schema_behind"
    message = "The database lacks {names}. Run: {command}"


def few(names: Sequence[str]) -> str:
    """Three names at most; of more, the first, the last and how many."""
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} … {names[-1]} ({len(names)})"


def exit_code_of(error: PlatformError) -> int:
    """What the process ends with after `error`."""
    if isinstance(error, CommandError):
        return error.exit_code
    if isinstance(error, ConfigError):
        return ENVIRONMENT if {each.code for each in error.findings} <= _OUTSIDE else FINDINGS
    if error.code in _FOUND:
        return FINDINGS
    return ENVIRONMENT if error.code in _OUTSIDE else _BY_STATUS.get(error.status, FINDINGS)
