"""Is this process alive, and may it be sent customers?"""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.web.problems import RETRY_SECONDS
from shared_core.web.schema import Schema


class Health(BaseModel):
    status: Literal["ok", "unavailable"]
    database: Literal["ok", "unreachable", "behind"] | None = None


def routes(database: Database, schema: Schema) -> APIRouter:
    """The two questions a balancer asks of an app on this database."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> Health:
        """The process answers. Asks nobody else."""
        return Health(status="ok")

    @router.get("/readyz")
    def ready(response: Response) -> Health:
        """The database can be reached and has every table this version needs."""
        health = _look(database, schema)
        if health.status != "ok":
            response.status_code = 503
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return health

    return router


def require_database(database: Database, *, setting: str) -> None:
    """Raises ConfigError, saying what to do, when the database cannot be reached at start. `setting` names it."""
    try:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        address = database.engine.url.render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise ConfigError(
            [
                Finding(
                    code="database_unreachable",
                    message=N_("the database {address} cannot be reached: {reason}."),
                    remedy=N_("Start it, or correct {setting}."),
                    key=setting,
                    params={"address": address, "reason": reason.rstrip("."), "setting": setting},
                )
            ]
        ) from error


def _look(database: Database, schema: Schema) -> Health:
    try:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
        complete = schema.is_complete()
    except SQLAlchemyError:
        return Health(status="unavailable", database="unreachable")
    except PlatformError:
        complete = False  # migrated by a newer version: this process is the old one
    return Health(status="ok", database="ok") if complete else Health(status="unavailable", database="behind")
