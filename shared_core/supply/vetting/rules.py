"""Which documents a supplier needs before it may sell, how each of them stands, and whether its terms hold.

What the law says of it, where the table of `REQUIRED` begins (no advice, and never the whole of it):

- Whoever runs a platform asks for true data of who sells there, who they are, where, how they are reached and their
  permits, checks them, keeps a file and looks at it again from time to time: 电子商务法 art. 27. The seller has the
  permits that its business needs, art. 12; where there is none the platform acts, art. 29; what was kept stays for
  three years at least, art. 31. In the EU: Regulation 2022/2065 (DSA) art. 30, before a trader may offer anything.
- Goods that wrongly bear a brand are the platform's concern once it should have known: 电子商务法 art. 45.
- Food: real-name registration, and a look at the permit, 食品安全法 art. 62 and 35; in the EU the establishment is
  registered, Regulation 852/2004 art. 6.
- Cosmetics: real-name registration, 化妆品监督管理条例 art. 41; who makes them needs a permit, art. 27; in the EU each
  has a responsible person and is notified, Regulation 1223/2009 art. 4 and 13.
- Medical devices: the platform checks the registration of seller and goods, 医疗器械监督管理条例 art. 46.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

TERMS_LENGTH_MAX = 100_000
WARN_DAYS = 30
WARN_DAYS_MAX = 366


class DocumentKind(StrEnum):
    BUSINESS_LICENCE = "business_licence"
    BRAND_AUTHORISATION = "brand_authorisation"
    """A trademark of its own, or its owner's word that these goods may be sold."""
    FOOD_PERMIT = "food_permit"
    COSMETICS_PERMIT = "cosmetics_permit"
    MEDICAL_PERMIT = "medical_permit"
    PRODUCT_SAFETY = "product_safety"
    """Test reports and certificates of conformity: CCC, CE."""


class Sector(StrEnum):
    """What kind of goods somebody sells; everybody sells `ANYTHING`."""

    ANYTHING = "anything"
    FOOD = "food"
    COSMETICS = "cosmetics"
    MEDICAL = "medical"


class DocumentState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"
    """Another of its kind came before anybody had looked at it."""


class Standing(StrEnum):
    """How it is with one kind of document. `GOOD` and `EXPIRING` do for selling."""

    GOOD = "good"
    EXPIRING = "expiring"
    WAITING = "waiting"
    REFUSED = "refused"
    EXPIRED = "expired"
    MISSING = "missing"


DOES = frozenset({Standing.GOOD, Standing.EXPIRING})


@dataclass(frozen=True, slots=True)
class Requirements:
    """For whose goods each kind of document is asked; a kind that is not named is asked of nobody.

    From `warn_days` before its last day on a document is said to expire.
    """

    asked_of: Mapping[DocumentKind, frozenset[Sector]]
    warn_days: int = WARN_DAYS


REQUIRED = Requirements(
    MappingProxyType(
        {
            DocumentKind.BUSINESS_LICENCE: frozenset({Sector.ANYTHING}),
            DocumentKind.BRAND_AUTHORISATION: frozenset({Sector.ANYTHING}),
            DocumentKind.FOOD_PERMIT: frozenset({Sector.FOOD}),
            DocumentKind.COSMETICS_PERMIT: frozenset({Sector.COSMETICS}),
            DocumentKind.MEDICAL_PERMIT: frozenset({Sector.MEDICAL}),
        }
    )
)
"""Until somebody of the hub decides otherwise."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What matters of a document here; `valid_until` is its last day, None: it has none."""

    kind: DocumentKind
    state: DocumentState
    valid_until: date | None = None


def required(requirements: Requirements, sectors: Collection[Sector]) -> list[DocumentKind]:
    """What is asked of somebody who sells in these sectors, in the order of the kinds."""
    theirs = {Sector.ANYTHING, *sectors}
    return [kind for kind in DocumentKind if theirs & requirements.asked_of.get(kind, frozenset())]


def expired(valid_until: date | None, *, today: date) -> bool:
    """A document is good on its last day."""
    return valid_until is not None and valid_until < today


def standing(papers: Sequence[Paper], *, today: date, warn_days: int) -> Standing:
    """Of the papers of one kind, oldest first: the accepted one that lasts longest decides, else the newest."""
    told = [each for each in papers if each.state is not DocumentState.REPLACED]
    good = [
        each for each in told if each.state is DocumentState.ACCEPTED and not expired(each.valid_until, today=today)
    ]
    if good:
        last = max(each.valid_until or date.max for each in good)
        soon = last < date.max and last - today <= timedelta(days=warn_days)
        return Standing.EXPIRING if soon else Standing.GOOD
    if not told:
        return Standing.MISSING
    newest = told[-1].state
    return Standing.EXPIRED if newest is DocumentState.ACCEPTED else Standing(newest.value)


def standings(
    requirements: Requirements, sectors: Collection[Sector], papers: Iterable[Paper], *, today: date
) -> dict[DocumentKind, Standing]:
    """Of each kind that is asked for."""
    kept = list(papers)
    return {
        kind: standing([each for each in kept if each.kind is kind], today=today, warn_days=requirements.warn_days)
        for kind in required(requirements, sectors)
    }


def terms_digest(text: str) -> str:
    """The name of terms, by their content."""
    return hashlib.sha256(text.encode()).hexdigest()


def terms_hold(*, accepted: bool, accept_by: date, today: date) -> bool:
    """Whether somebody may sell under the present terms; until their last day also who has not accepted them."""
    return accepted or today <= accept_by
