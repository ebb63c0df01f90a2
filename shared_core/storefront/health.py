"""Is this process alive, and may it be sent customers?"""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.storefront.problems import RETRY_SECONDS
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ShopDep

router = APIRouter(include_in_schema=False)


class Health(BaseModel):
    status: Literal["ok", "unavailable"]
    database: Literal["ok", "unreachable", "behind"] | None = None


@router.get("/healthz")
async def alive() -> Health:
    """The process answers. Asks nobody else."""
    return Health(status="ok")


@router.get("/readyz")
def ready(shop: ShopDep, response: Response) -> Health:
    """The database can be reached and has every table this version needs."""
    health = _look(shop)
    if health.status != "ok":
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return health


def require_database(shop: Shop) -> None:
    """Raises ConfigError, saying what to do, when the database cannot be reached at start."""
    try:
        with shop.database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        address = shop.database.engine.url.render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise ConfigError(
            [
                Finding(
                    code="database_unreachable",
                    message=N_("the database {address} cannot be reached: {reason}."),
                    remedy=N_("Start it, or correct SHOP_DATABASE_URL."),
                    key="SHOP_DATABASE_URL",
                    params={"address": address, "reason": reason.rstrip(".")},
                )
            ]
        ) from error


def _look(shop: Shop) -> Health:
    try:
        with shop.database.reading() as session:
            session.execute(text("SELECT 1"))
        complete = shop.schema.is_complete()
    except SQLAlchemyError:
        return Health(status="unavailable", database="unreachable")
    except PlatformError:
        complete = False  # migrated by a newer version: this process is the old one
    return Health(status="ok", database="ok") if complete else Health(status="unavailable", database="behind")
