"""What suppliers' systems send: read strictly, a field or a type that is not known is refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared_core import supply
from shared_core.supply import wire

BOXES_MAX = 50
COUNTS_MAX = 1_000
PIECES_MAX = 10**9


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Pieces = Annotated[int, Field(ge=0, le=PIECES_MAX)]
Warehouse = Annotated[wire.Code, Field(exclude_if=lambda code: not code)]
"""The code of one; none is said like what was sent before there were warehouses."""


class Nothing(_Sent):
    """{}"""


class Reason(_Sent):
    reason: wire.Text


class Short(_Sent):
    """`lines` are all pieces of these SKUs that never come, those reported before counted in."""

    lines: Annotated[wire.Lines, Field(min_length=1)]
    reason: wire.Text


class Box(_Sent):
    """Without `lines`: all that is left to send is in it."""

    carrier: wire.Text
    tracking_number: wire.Text
    lines: Annotated[wire.Lines, Field(min_length=1)] | None = None


class Boxes(_Sent):
    boxes: Annotated[list[Box], Field(min_length=1, max_length=BOXES_MAX)]


class Arrived(_Sent):
    """Without a number: all that was sent."""

    tracking_number: wire.Text | None = None


class Authorisation(_Sent):
    """What is left out is as the supplier's terms say."""

    address: wire.AddressSent | None = None
    send_days: Annotated[int, Field(ge=1, le=365)] | None = None


class Found(_Sent):
    """Every piece is one of three."""

    sku: wire.Code
    sellable: Pieces = 0
    unsellable: Pieces = 0
    refused: Pieces = 0

    @property
    def inspected(self) -> supply.Inspected:
        return supply.Inspected(self.sku, self.sellable, self.unsellable, self.refused)


class Inspection(_Sent):
    lines: Annotated[list[Found], Field(min_length=1, max_length=COUNTS_MAX)]
    said: wire.Text = ""


class NewBox(_Sent):
    carrier: wire.Text
    tracking_number: wire.Text


class Counted(_Sent):
    sku: wire.Code
    quantity: Pieces


class Counts(_Sent):
    """All that is on the shelf of each SKU in one warehouse, or where no warehouse is told."""

    warehouse: Warehouse = ""
    counts: Annotated[list[Counted], Field(min_length=1, max_length=COUNTS_MAX)]


class Delivery(_Sent):
    """Pieces that came in; the number of the delivery note counts once for each SKU."""

    warehouse: Warehouse = ""
    note: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    lines: Annotated[wire.Lines, Field(min_length=1)]
