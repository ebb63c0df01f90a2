"""The command line. Command bodies import what they need when they run, so that `--help` stays quick."""

import signal
import sys
from typing import NoReturn

import typer

from platformctl import output
from platformctl.cli import (
    exchange,
    freighting,
    hub_staff,
    hubs,
    objecting,
    people,
    picturing,
    plans,
    returning,
    running,
    selling,
    settling,
    shops,
    simulating,
    sourcing,
    supplier_keys,
    supplying,
    vetting,
)
from platformctl.failures import DatabaseUnusable, exit_code_of
from platformctl.messages import N_
from platformctl.messages import translate as _
from shared_core.kernel.errors import Phrase, PlatformError

app = typer.Typer(
    name="platformctl",
    help=_("Make a storefront, run it, check it."),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
shops.register(app)
running.register(app)
exchange.register(app)
people.register(app)
plans.register(app)
simulating.register(app)
supplying.register(app)
hubs.register(app)
hub_staff.register(app)
supplier_keys.register(app)
vetting.register(app)
freighting.register(app)
sourcing.register(app)
picturing.register(app)
settling.register(app)
returning.register(app)
objecting.register(app)
selling.register(app)


def main() -> None:
    """Entry point: run a command and end with its exit code; an expected failure is a sentence, not a traceback."""
    output.prepare_streams()
    signal.signal(signal.SIGTERM, _end_orderly)
    try:
        app(prog_name="platformctl")
    except PlatformError as error:
        output.report(error, as_json="--json" in sys.argv)
        sys.exit(exit_code_of(error))
    except Exception as error:
        reason = _database_reason(error)
        if reason is None:
            raise
        output.report(DatabaseUnusable(reason=reason), as_json="--json" in sys.argv)
        sys.exit(DatabaseUnusable.exit_code)


def _end_orderly(number: int, _frame: object) -> NoReturn:
    """SIGTERM unwinds like an error, so that what is half made is taken away again."""
    sys.exit(128 + number)


def _database_reason(error: Exception) -> Phrase | None:
    """Why the database driver gave up, None when the error is another one; told by name, to import no driver."""
    if type(error).__module__.startswith("sqlalchemy") and type(error).__name__ == "OperationalError":
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        if said == "unable to open database file":
            said = N_("the folder of its file is not there or cannot be written")
        return Phrase(said.rstrip("."))
    return None
