"""How documents and terms of suppliers are said, in the console and in the portal."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from fastapi.responses import FileResponse
from sqlalchemy.orm import Session

from shared_core.hub.hub import Hub
from shared_core.kernel.calendar import today
from shared_core.kernel.i18n import N_
from shared_core.supply import vetting
from shared_core.web import files

Say = Callable[[str], str]

SECTORS: Mapping[vetting.Sector, str] = {
    vetting.Sector.ANYTHING: N_("everybody"),
    vetting.Sector.FOOD: N_("food"),
    vetting.Sector.COSMETICS: N_("cosmetics"),
    vetting.Sector.MEDICAL: N_("medical devices"),
}
DECLARABLE = tuple(each for each in vetting.Sector if each is not vetting.Sector.ANYTHING)
TONES: Mapping[vetting.Standing, str] = {
    vetting.Standing.GOOD: "good",
    vetting.Standing.EXPIRING: "warn",
    vetting.Standing.WAITING: "live",
    vetting.Standing.REFUSED: "bad",
    vetting.Standing.EXPIRED: "bad",
    vetting.Standing.MISSING: "warn",
}
STATES: Mapping[vetting.DocumentState, tuple[str, str]] = {
    vetting.DocumentState.WAITING: (vetting.STANDINGS[vetting.Standing.WAITING], "live"),
    vetting.DocumentState.ACCEPTED: (N_("approved"), "good"),
    vetting.DocumentState.REFUSED: (vetting.STANDINGS[vetting.Standing.REFUSED], "bad"),
    vetting.DocumentState.REPLACED: (N_("replaced"), ""),
}
WORST_FIRST = (
    vetting.Standing.EXPIRED,
    vetting.Standing.REFUSED,
    vetting.Standing.MISSING,
    vetting.Standing.EXPIRING,
    vetting.Standing.WAITING,
)


def asked(said: Say, standings: Mapping[vetting.DocumentKind, vetting.Standing]) -> list[dict[str, object]]:
    """Each document that is asked for, and how it is with it."""
    return [
        {"kind": said(vetting.KINDS[kind]), "standing": said(vetting.STANDINGS[how]), "tone": TONES[how]}
        for kind, how in standings.items()
    ]


def worst(said: Say, standings: Mapping[vetting.DocumentKind, vetting.Standing]) -> dict[str, str] | None:
    """What is most wrong with somebody's documents; None: nothing."""
    found = next((each for each in WORST_FIRST if each in standings.values()), None)
    return None if found is None else {"label": said(vetting.STANDINGS[found]), "tone": TONES[found]}


def handed_in(said: Say, documents: Sequence[vetting.Document]) -> list[dict[str, object]]:
    """What was handed in, the newest first."""
    return [
        {
            "id": each.id,
            "kind": said(vetting.KINDS[each.kind]),
            "number": each.number,
            "valid_until": each.valid_until,
            "state": said(STATES[each.state][0]),
            "tone": STATES[each.state][1],
            "open": each.state is vetting.DocumentState.WAITING,
            "stands": each.state is vetting.DocumentState.ACCEPTED,
            "replaced": each.state is vetting.DocumentState.REPLACED,
            "actor": each.actor,
            "at": each.at,
            "decisions": [
                {"what": said(STATES[d.state][0]), "reason": d.reason, "actor": d.actor, "at": d.at}
                for d in each.decisions
            ],
        }
        for each in reversed(documents)
    ]


def sectors(said: Say, chosen: Iterable[vetting.Sector] | None) -> list[dict[str, object]]:
    """What somebody may say that they sell."""
    theirs = frozenset(chosen or ())
    return [{"value": each.value, "label": said(SECTORS[each]), "chosen": each in theirs} for each in DECLARABLE]


def asked_now(session: Session, hub: Hub, supplier: str) -> dict[vetting.DocumentKind, vetting.Standing]:
    """How it is today with each document that is asked of the supplier."""
    return vetting.documents.standings_of(session, supplier, today=today(hub.clock(), hub.zone))


def agreement(session: Session, hub: Hub, supplier: str) -> dict[str, object] | None:
    """The present terms, and whether the supplier agreed to them; None: there are none in writing."""
    now = vetting.terms.present(session)
    if now is None:
        return None
    agreed = vetting.terms.acceptances(session, supplier)
    return {
        "now": now,
        "agreed": next((each for each in agreed if each.digest == now.digest), None),
        "before": [each for each in reversed(agreed) if each.digest != now.digest],
        "late": today(hub.clock(), hub.zone) > now.accept_by,
    }


def file_of(hub: Hub, supplier: str, document: int) -> FileResponse:
    """The file of one of the supplier's own documents, to be put away. Raises UnknownDocument."""
    with hub.database.reading() as session:
        found = vetting.documents.one(session, supplier, document)
    return files.document(
        hub.documents.find(found.digest, found.suffix), name=f"{supplier}-{found.kind.value}-{found.id}"
    )
