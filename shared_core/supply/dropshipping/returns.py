"""All that the people who run the supply do with returns, and what can be wrong with one: `supply.returns`."""

from shared_core.supply.dropshipping.inspecting import (
    authorise,
    decline,
    deliver_new,
    expire,
    inspect,
    receive,
    set_terms,
    ship_new,
    supplier_terms,
)
from shared_core.supply.dropshipping.return_desk import ReturnDetail, ReturnStepView, detail, listed
from shared_core.supply.dropshipping.return_rules import ReturnTerms
from shared_core.supply.errors import (
    BadInspection,
    BadReturnTerms,
    FreightNotDue,
    NoReturnAddress,
    NothingCameBack,
    OneSupplierOnly,
    ReturnPointless,
    ReturnStepRefused,
    ReturnTooMuch,
    UnknownReturn,
)

__all__ = [
    "BadInspection",
    "BadReturnTerms",
    "FreightNotDue",
    "NoReturnAddress",
    "NothingCameBack",
    "OneSupplierOnly",
    "ReturnDetail",
    "ReturnPointless",
    "ReturnStepRefused",
    "ReturnStepView",
    "ReturnTerms",
    "ReturnTooMuch",
    "UnknownReturn",
    "authorise",
    "decline",
    "deliver_new",
    "detail",
    "expire",
    "inspect",
    "listed",
    "receive",
    "set_terms",
    "ship_new",
    "supplier_terms",
]
