"""What happened, and who hears of it.

Two kinds of listener and no third. *In-transaction* listeners run at once, in the announcer's transaction: what they
raise rolls all of it back. *After-commit* subscribers are told by the outbox, at least once, and must be idempotent.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

LISTENERS = "listeners"

E = TypeVar("E")


@dataclass(frozen=True)
class Subscriber:
    """`run` is told of each event of `event_type` after its transaction has committed; `name` is kept in rows."""

    name: str
    event_type: type[Any]
    run: Callable[[Any], None]

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """What writes its events down, and reads them again."""
        return TypeAdapter(self.event_type)


class Listeners:
    """Who hears what in one process; built by the shell, handed to the `Database`."""

    def __init__(self) -> None:
        self._at_once: dict[type[Any], list[Callable[[Session, Sequence[Any]], None]]] = defaultdict(list)
        self.subscribers: dict[str, Subscriber] = {}

    def listen(self, event_type: type[E], listener: Callable[[Session, E], None]) -> None:
        """Run `listener` inside the transaction that announces an event of this type."""

        def one_by_one(session: Session, events: Sequence[E]) -> None:
            for event in events:
                listener(session, event)

        self.listen_together(event_type, one_by_one)

    def listen_together(self, event_type: type[E], listener: Callable[[Session, Sequence[E]], None]) -> None:
        """The same for a listener that takes all at once what is announced together."""
        self._at_once[event_type].append(listener)

    def after_commit(self, event_type: type[E], name: str, run: Callable[[E], None]) -> None:
        """Deliver events of this type to `run` through the outbox. `name` must stay stable over releases."""
        assert name not in self.subscribers, f"two subscribers are called {name}"
        self.subscribers[name] = Subscriber(name, event_type, run)

    def hear(self, session: Session, events: Sequence[object]) -> None:
        """Tell of events of one type, in the order in which they happened."""
        for listener in self._at_once[type(events[0])]:
            listener(session, events)

    def subscribed_to(self, event_type: type[Any]) -> list[Subscriber]:
        return [each for each in self.subscribers.values() if each.event_type is event_type]
