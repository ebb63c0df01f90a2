"""The hub tells the shop that something happened; then it asks at once, and seldom while it hears nothing.

What is told is never believed further than that: events and offers are read from the hub's feeds. A shop that the hub
cannot reach asks every second, as it would without.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Forbidden
from shared_core.supply import tenancy, wire

PATH = "/supply/nudges"
LATELY = timedelta(minutes=15)
"""A hub that told us something so lately would tell us more; it does so every ten minutes at least."""
SELDOM = timedelta(seconds=30)
"""So often a shop asks that would be told."""


class BadSignature(Forbidden):
    code = "bad_signature"
    message = "This is not signed by the hub that supplies this shop, or it is too old."


def take_in(database: Database, body: bytes, headers: Mapping[str, str], *, at: datetime) -> None:
    """What the hub tells. Raises BadSignature."""
    with database.glance() as session:
        secret = tenancy.webhook_secret(session)
    try:
        if not secret:
            raise BadSignature
        Webhook(secret).verify(body, dict(headers), json_parse=False)
        said = wire.NUDGED.validate_json(body)
    except (WebhookVerificationError, ValueError) as error:
        raise BadSignature from error
    with database.transaction() as session:
        tenancy.hear(session, events=said.events, offers=said.offers, at=at)


def listen(database: Database, hub: supply.HubGateway, base_url: str) -> None:
    """Let the hub tell us, where it can reach us and knows how."""
    secret = hub.tell_at(base_url + "/api/v1" + PATH) if base_url else None
    if secret is not None:
        with database.transaction() as session:
            tenancy.keep_webhook_secret(session, secret)


class Asking:
    """When this process asked for one feed last, and how far the hub said it goes when it did.

    `usual`: how often it asks where the hub tells nothing.
    """

    def __init__(self, usual: timedelta) -> None:
        self._usual = usual
        self._asked_at: datetime | None = None
        self._place = 0

    def ask(self, told_at: datetime | None, place: int, at: datetime, ask: Callable[[], int]) -> int:
        """Ask where that is worth it; what it brought. One that fails is asked again."""
        if not self._worth_it(told_at, place, at):
            return 0
        found = ask()
        self._asked_at, self._place = at, place
        return found

    def _worth_it(self, told_at: datetime | None, place: int, at: datetime) -> bool:
        if self._asked_at is None or place > self._place:
            return True
        silent = told_at is None or told_at + LATELY < at
        return self._asked_at + (self._usual if silent else SELDOM) <= at
