"""Red packets of a wallet: what one can carry, and when it goes back by itself. Money in and money out obey both."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from shared_core.kernel.errors import Invalid
from shared_core.kernel.money import Money

RED_PACKET_MOST: Mapping[str, int] = {"CNY": 200_00}
"""The most one red packet carries, in minor units; there are none in other currencies."""
RED_PACKET_LIFE = timedelta(hours=24)
"""After it, what was not accepted is with the sender again."""


class Way(StrEnum):
    """How money was sent by hand."""

    TRANSFER = "transfer"
    RED_PACKET = "red_packet"


class NoRedPackets(Invalid):
    code = "no_red_packets"
    message = "There are no red packets in {currency}. Send a transfer."


class RedPacketTooLarge(Invalid):
    code = "red_packet_too_large"
    message = "A red packet carries at most {most}, and this is {amount}. Send a transfer."


def fits_red_packet(amount: Money) -> bool:
    """Whether one red packet carries it."""
    return amount.minor <= RED_PACKET_MOST.get(amount.currency, 0)


def require_red_packet(amount: Money) -> None:
    """Raises NoRedPackets and RedPacketTooLarge."""
    if amount.currency not in RED_PACKET_MOST:
        raise NoRedPackets(currency=amount.currency)
    if not fits_red_packet(amount):
        raise RedPacketTooLarge(most=Money(RED_PACKET_MOST[amount.currency], amount.currency), amount=amount)
