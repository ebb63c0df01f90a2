"""What can go wrong about warehouses and who sends what."""

from shared_core.kernel.errors import Conflict, Invalid, NotFound


class UnknownWarehouse(NotFound):
    code = "unknown_warehouse"
    message = "The supplier {supplier} has no warehouse {warehouse}."


class BadWarehouseCode(Invalid):
    code = "bad_warehouse_code"
    message = "{warehouse!r} cannot be a warehouse's code; use small letters, digits and hyphens."


class OwnGoods(Conflict):
    code = "own_goods"
    message = "{sku} is of the supplier {supplier} itself: its price comes with its feed."


class UnknownSource(NotFound):
    code = "unknown_source"
    message = "The supplier {supplier} does not send {sku}."


class AlreadySends(Conflict):
    code = "already_sends"
    message = "The supplier {supplier} sends another part of the same order as {number} already."


class NotSentThere(Conflict):
    code = "not_sent_there"
    message = "The supplier {supplier} does not deliver {skus} to where the order goes."


class CostAbovePrice(Invalid):
    code = "cost_above_price"
    message = "{sku} would cost more at the supplier {supplier} than a store pays for it."
