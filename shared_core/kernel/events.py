"""Announcing what happened. Events are frozen dataclasses in the past tense, kept by the room that announces them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from shared_core.kernel.listeners import LISTENERS, Listeners
from shared_core.kernel.outbox import OutboxRow


class Event(Protocol):
    """Anything that happened, with the instant at which it did."""

    @property
    def at(self) -> datetime: ...


def announce(session: Session, event: Event) -> None:
    """Tell the in-transaction listeners at once and leave an outbox row for every after-commit subscriber."""
    announce_together(session, [event])


def announce_together(session: Session, events: Sequence[Event]) -> None:
    """The same for many events of one type, in the order in which they happened."""
    listeners: Listeners | None = session.info.get(LISTENERS)
    if listeners is None or not events:
        return
    listeners.hear(session, events)
    for subscriber in listeners.subscribed_to(type(events[0])):
        for event in events:
            payload: dict[str, Any] = subscriber.adapter.dump_python(event, mode="json")
            session.add(OutboxRow(subscriber=subscriber.name, payload=payload, written_at=event.at, due_at=event.at))
