"""Documents of a hub's suppliers that came by mail, what was found of them, and the terms on which suppliers sell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from platformctl import output
from platformctl.failures import BadAnswer, FileRefused
from platformctl.messages import N_, translate
from platformctl.settling import hub_books
from shared_core import hub, media
from shared_core.kernel import calendar
from shared_core.kernel.errors import Phrase, PlatformError
from shared_core.kernel.settings import read
from shared_core.supply import vetting

Named = TypeVar("Named", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Shelf:
    """How a supplier stands: what it sells (None: nobody has said), what is asked for, what was handed in."""

    sectors: frozenset[vetting.Sector] | None
    standings: dict[vetting.DocumentKind, vetting.Standing]
    documents: list[vetting.Document]


def shelf(supplier: str) -> Shelf:
    with hub_books() as (session, at):
        declared = vetting.requirements.declared(session, supplier)
        standings = vetting.documents.standings_of(session, supplier, today=calendar.today(at, _zone()))
        return Shelf(declared.sectors if declared else None, standings, vetting.documents.documents(session, supplier))


def add(supplier: str, file: Path, *, kind: str, number: str, valid_until: date | None, actor: str) -> None:
    """Raises FileRefused, BadAnswer, and what the hub refuses with."""
    made, wanted = _read(file), _named(vetting.DocumentKind, "--kind", kind)
    with hub_books() as (session, at):
        vetting.documents.hand_in(
            session,
            supplier,
            kind=wanted,
            number=number,
            valid_until=valid_until,
            digest=made.digest,
            suffix=made.suffix,
            actor=actor,
            today=calendar.today(at, _zone()),
            at=at,
        )
        media.PrivateStore(read(hub.HubSettings).documents_folder).keep(made)


def approve(supplier: str, document: int, *, actor: str) -> None:
    with hub_books() as (session, at):
        day = calendar.today(at, _zone())
        vetting.documents.accept(session, supplier, document, actor=actor, today=day, at=at)


def refuse(supplier: str, document: int, *, reason: str, actor: str) -> None:
    with hub_books() as (session, at):
        vetting.documents.refuse(session, supplier, document, reason=reason, actor=actor, at=at)


def declare(supplier: str, sells: Sequence[str], *, actor: str) -> None:
    """Raises BadAnswer."""
    sectors = [_named(vetting.Sector, "--sells", each) for each in sells]
    with hub_books() as (session, at):
        vetting.requirements.declare(session, supplier, sectors, actor=actor, at=at)


def publish(file: Path, *, accept_by: date, actor: str) -> str:
    """The digest of the terms in `file`. Raises FileRefused, and what the hub refuses with."""
    try:
        words = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(file=file, reason=Phrase(N_("it is not text in UTF-8"))) from error
    except OSError as error:
        raise FileRefused(file=file, reason=error.strerror or str(error)) from error
    with hub_books() as (session, at):
        day = calendar.today(at, _zone())
        return vetting.terms.publish(session, words, accept_by=accept_by, actor=actor, today=day, at=at)


def present_terms() -> tuple[vetting.terms.TermsVersion | None, list[str]]:
    """The terms that hold now, and who is live and has not accepted them."""
    with hub_books() as (session, _):
        return vetting.terms.present(session), vetting.terms.not_accepted(session)


def as_dict(found: Shelf) -> dict[str, object]:
    return {
        "ok": True,
        "sells": None if found.sectors is None else sorted(found.sectors),
        "asked": found.standings,
        "documents": [
            {
                "id": each.id,
                "kind": each.kind,
                "number": each.number,
                "valid_until": each.valid_until.isoformat() if each.valid_until else None,
                "state": each.state,
                "by": each.actor,
                "at": each.at.isoformat(),
                "decisions": [
                    {"state": d.state, "reason": d.reason, "by": d.actor, "at": d.at.isoformat()}
                    for d in each.decisions
                ],
            }
            for each in found.documents
        ],
    }


def tell(found: Shelf) -> None:
    """What is asked for, a line each; then what was handed in."""
    if found.sectors is None:
        output.say("Nobody has said yet what it sells.")
    for kind, how in found.standings.items():
        print(f"{kind.value}  {how.value}")
    for each in found.documents:
        until = each.valid_until.isoformat() if each.valid_until else translate(N_("without an end"))
        print(f"#{each.id}  {each.kind.value}  {each.number}  {until}  {each.state.value}  ({each.actor})")
        for said in each.decisions:
            print(f"    {said.state.value}  {said.reason}  ({said.actor}, {said.at:%Y-%m-%d %H:%M} UTC)")


def _zone() -> str:
    return hub.load_config().hub.zone


def _read(file: Path) -> media.PrivateFile:
    try:
        return media.read_document(file.read_bytes())
    except OSError as error:
        raise FileRefused(file=file, reason=error.strerror or str(error)) from error
    except PlatformError as error:
        raise FileRefused(file=file, reason=Phrase(error.message, **error.params)) from error


def _named(kinds: type[Named], key: str, value: str) -> Named:
    known = [each.value for each in kinds]
    if value not in known:
        reason = translate(N_("write one of {known}")).format(known=", ".join(known))
        raise BadAnswer(key=key, value=value, reason=reason)
    return kinds(value)
