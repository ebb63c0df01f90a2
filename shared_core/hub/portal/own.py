"""What every page of the portal begins with: the order or return in the address is the supplier's own, or not there."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Path
from pydantic import AfterValidator

from shared_core import supply
from shared_core.hub.viewer import HubDep, PortalDep
from shared_core.web.going import step_name

NUMBER_LENGTH_MAX = 120

Number = Annotated[str, Path(max_length=3 * NUMBER_LENGTH_MAX), AfterValidator(step_name)]


def own_order_number(number: Number, hub: HubDep, viewer: PortalDep) -> str:
    """Raises UnknownSupplierOrder, for another supplier's as for none."""
    with hub.database.reading() as session:
        supply.check_own_order(session, number, supplier=viewer.supplier)
    return number


def own_return_number(number: Number, hub: HubDep, viewer: PortalDep) -> str:
    """Raises UnknownReturn, for another supplier's as for none."""
    with hub.database.reading() as session:
        supply.check_own_return(session, number, supplier=viewer.supplier)
    return number


OwnOrderNumber = Annotated[str, Depends(own_order_number)]
OwnReturnNumber = Annotated[str, Depends(own_return_number)]


def as_typed(name: str, typed: Sequence[str], *, of: Sequence[str]) -> dict[str, str]:
    """What was typed for each SKU of a form, should it be shown again."""
    return {f"{name}:{sku}": each for sku, each in zip(of, typed, strict=False)}
