"""The API under /supplier/v1, for suppliers' own systems; docs/supplier-api.md is the contract.

It does what the portal does, by the same functions. Whose call it is is known by the key alone.
"""

from functools import cache
from typing import Any

from fastapi import APIRouter

import shared_core
from shared_core.hub.supplier_api import goods, orders, returns, statements
from shared_core.hub.supplier_api.calls import PATH
from shared_core.web import openapi, problems

DESCRIPTION = (
    "What a supplier's own system asks and tells: orders, returns, stock, statements. Who calls is known by its key "
    "alone (Authorization: Bearer). Every write names itself with an Idempotency-Key: the same again is answered as "
    "before and does nothing."
)
OPENAPI_PATH = f"{PATH}/openapi.json"

router = APIRouter(prefix=PATH, responses=problems.responses(401, 403, 404, 408, 409, 413, 422, 429))
for part in (orders, returns, goods, statements):
    router.include_router(part.router)
described = APIRouter()


@described.get(OPENAPI_PATH)
@cache
def document() -> dict[str, Any]:
    """What this API is, for programs; asks for no key."""
    return openapi.described(
        router.routes, title="Suppliers' API", version=shared_core.__version__, description=DESCRIPTION
    )
