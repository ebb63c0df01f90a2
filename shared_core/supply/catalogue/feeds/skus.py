"""The rule for variants without a SKU."""

import hashlib
import re
from collections.abc import Sequence

from shared_core.supply.models import CODE_LENGTH_MAX

DIGEST_LENGTH = 8


def derive(product: str, options: Sequence[tuple[str, str]]) -> str:
    """A SKU made of the product's code and the option values, the same at every import: CLASSIC-TOP.SMALL.

    Where the readable part does not say all (other scripts, spaces, or too long), a digest of the exact values
    follows after a tilde, so that two variants never share a SKU: MUG.~3F2A9C01.
    """
    parts = [product, *(value for _, value in options)]
    readable = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts]
    sku = ".".join(readable).upper()
    exact = all(short == part.lower() for short, part in zip(readable, parts, strict=True))
    if exact and len(sku) <= CODE_LENGTH_MAX:
        return sku
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:DIGEST_LENGTH].upper()
    return f"{sku[: CODE_LENGTH_MAX - DIGEST_LENGTH - 1]}~{digest}".lstrip(".")
