"""The hub's goods: found, read, and taken into stock."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator
from sqlalchemy.orm import Session

from shared_core import media, supply
from shared_core.hub.console.acting import attempt, listing_of
from shared_core.hub.console.typed import number
from shared_core.hub.errors import ReferenceMissing
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import GoodsDep, HubDep, ReaderDep, page
from shared_core.kernel.regions import region_name
from shared_core.web.going import as_step, go, step_name

HOME = "/console/goods"
NOTE_LENGTH_MAX = 24
"""With a SKU and the number of a warehouse it is the reference of a movement."""

router = APIRouter()
Code = Annotated[str, Path(max_length=360), AfterValidator(step_name)]
Text = Annotated[str, Form(max_length=100)]


@router.get("/goods")
def listing(
    request: Request,
    hub: HubDep,
    viewer: ReaderDep,
    q: Annotated[str, Query(max_length=100)] = "",
    supplier: Annotated[str, Query(max_length=64)] = "",
    after: Annotated[str, Query(max_length=120)] = "",
) -> HTMLResponse:
    with hub.database.reading() as session:
        found = supply.products_page(session, search=q.strip(), supplier=supplier, after=after)
    chosen = {"q": q, "supplier": supplier}
    return page(
        request,
        "console/goods.html",
        query=q,
        supplier=supplier,
        products=found.products,
        listing=listing_of(HOME, chosen, first=not after, after=found.after),
    )


@router.get("/goods/of/{code:path}")
def one(request: Request, code: Code, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return product_page(request, hub, code)


@router.post("/goods/stock")
def receive(
    request: Request,
    hub: HubDep,
    viewer: GoodsDep,
    code: Annotated[str, Form(max_length=120)],
    sku: Annotated[str, Form(max_length=64)],
    place: Text = "",
    quantity: Text = "",
    reference: Annotated[str, Form(max_length=NOTE_LENGTH_MAX)] = "",
) -> Response:
    """Pieces came in, under a delivery note's number that counts once at each `place`: SUPPLIER/WAREHOUSE, or empty."""

    def work(session: Session) -> None:
        note = reference.strip()
        if not note:
            raise ReferenceMissing
        supplier, _, warehouse = place.partition("/")
        shelf = supply.sourcing.shelf_of(session, sku, supplier=supplier, warehouse=warehouse) if place else None
        supply.receive_stock(
            session,
            sku=sku,
            quantity=number(quantity),
            reference=f"{sku}:{note}" if shelf is None else f"{sku}@{shelf}:{note}",
            at=hub.clock(),
            warehouse_id=shelf,
        )

    trouble = attempt(request, hub, work)
    if trouble:
        return product_page(request, hub, code, trouble=trouble, status=422)
    return go(f"{HOME}/of/{as_step(code)}", done="saved")


@router.post("/goods/preferred")
def prefer(
    request: Request,
    hub: HubDep,
    viewer: GoodsDep,
    code: Annotated[str, Form(max_length=120)],
    sku: Annotated[str, Form(max_length=64)],
    supplier: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Whom the SKU comes from while that one has enough; nobody: the rule decides."""
    trouble = attempt(request, hub, lambda session: supply.sourcing.prefer(session, sku, supplier=supplier))
    if trouble:
        return product_page(request, hub, code, trouble=trouble, status=422)
    return go(f"{HOME}/of/{as_step(code)}", done="saved")


def product_page(request: Request, hub: Hub, code: str, *, trouble: str = "", status: int = 200) -> HTMLResponse:
    """The page of a product. Raises UnknownProduct."""
    with hub.database.reading() as session:
        found = supply.product_detail(session, code)
        pictures = supply.pictures_shown(session, code)
        senders = sorted({each.supplier for variant in found.variants for each in variant.shelves})
        places = [each for sender in senders for each in supply.sourcing.warehouses(session, supplier=sender)]
    return page(
        request,
        "console/product.html",
        status_code=status,
        trouble=trouble,
        found=found,
        pictures=pictures,
        places=places,
        region_name=region_name,
        spread=any(len(each.shelves) > 1 for each in found.variants),
        most=media.BYTES_MAX // 2**20,
    )
