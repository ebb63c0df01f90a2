"""Telling stores that something happened, as Standard Webhooks has it: signed, numbered, tried again.

Only that, and how far the feeds go: whoever reads it on the way learns nothing of orders.
"""

import base64
import secrets
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from shared_core.hub.hub import Hub
from shared_core.kernel.codes import new_code
from shared_core.kernel.outgoing import BadAddress, NoAnswer, NotPublic, Patience, outgoing
from shared_core.supply import tenancy, wire

AGENT = "platform-in-a-box nudges"
SECRET_BYTES = 32
PATIENCE = Patience(connect=timedelta(seconds=2), read=timedelta(seconds=3), total=timedelta(seconds=5))
"""A store that is slow to listen keeps the others waiting no longer; it is told again later."""


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def tell_stores(hub: Hub, at: datetime) -> int:
    """Whoever is behind is told; how many were."""
    with hub.database.glance() as session:
        waiting = tenancy.nudges(session, at=at)
    told = 0
    for nudge in waiting:
        error = _tell(hub, nudge, at)
        told += not error
        with hub.database.transaction() as session:
            tenancy.note_nudged(session, nudge, at=hub.clock(), error=error)
    return told


def _tell(hub: Hub, nudge: tenancy.Nudge, at: datetime) -> str:
    """Why it could not be told; empty when it was."""
    said = wire.Nudged(wire.NUDGE, nudge.events, nudge.offers)
    body = wire.NUDGED.dump_json(said).decode()
    number = f"nudge_{new_code()}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(nudge.secret).sign(number, at, body),
    }
    try:
        with (
            outgoing(AGENT, private=hub.settings.webhook_private_origins, patience=PATIENCE) as asking,
            asking.send("POST", nudge.url, headers=headers, content=body.encode()) as response,
        ):
            return "" if response.is_success else f"it answers {response.status_code}"
    except BadAddress:
        return "it is no address that can be asked"
    except NotPublic as error:
        return f"{error.place} is not on the public internet; {hub.settings.variable('webhook_private_origins')}"
    except NoAnswer as error:
        return str(error)
