"""How often somebody may try. Counted per process in memory, over a moving window.

An address may be a whole office or mobile network, so limits by address are wide. Attempts at one account are narrow
from one place (an address, or a device that logged in before), and wider from anywhere: that limit stops those who
guess from many addresses, and known devices are exempt from it, so that a stranger locks nobody out.
"""

import time
from dataclasses import dataclass

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from shared_core.kernel.codes import hash_token
from shared_core.kernel.errors import PlatformError


class TooManyRequests(PlatformError):
    code = "too_many_requests"
    status = 429
    message = "That was too often. Try again in {retry_after} seconds."


@dataclass(frozen=True)
class Limit:
    """At most `item` attempts under one key."""

    name: str
    item: RateLimitItem


LOGIN_BY_ADDRESS = Limit("login address", RateLimitItemPerMinute(60))
LOGIN_BY_ACCOUNT_AND_PLACE = Limit("login account place", RateLimitItemPerMinute(10, 15))
LOGIN_BY_ACCOUNT = Limit("login account", RateLimitItemPerHour(100))
PASSWORD_BY_VIEWER = Limit("password viewer", RateLimitItemPerMinute(10, 15))
SIGN_UP_BY_ADDRESS = Limit("sign-up address", RateLimitItemPerHour(120))
ACCESS_LINK_BY_ADDRESS = Limit("access link address", RateLimitItemPerMinute(30))
INVITE_CODE_BY_ADDRESS = Limit("invite code address", RateLimitItemPerMinute(30))
INVITE_CODE_BY_VIEWER = Limit("invite code viewer", RateLimitItemPerMinute(10, 15))
INVITE_BY_VIEWER = Limit("invite viewer", RateLimitItemPerMinute(30))
SHARE_LINK_BY_ADDRESS = Limit("share link address", RateLimitItemPerMinute(300))
NEW_VISITOR_BY_ADDRESS = Limit("new visitor address", RateLimitItemPerMinute(300))
CHECKOUT_BY_VIEWER = Limit("checkout viewer", RateLimitItemPerMinute(150))
ROOM_BY_VIEWER = Limit("room viewer", RateLimitItemPerMinute(30))
PAYOUT_BY_VIEWER = Limit("payout viewer", RateLimitItemPerMinute(30))


class Limiter:
    """Counts attempts in this process. `enabled` is off only where a benchmark plays all visitors from one address."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._strategy = MovingWindowRateLimiter(MemoryStorage())

    def spend(self, limit: Limit, key: str) -> None:
        """Count one attempt. Raises TooManyRequests, saying when the next is possible."""
        hashed = hash_token(key)
        if not self._enabled or self._strategy.hit(limit.item, limit.name, hashed):
            return
        free_at = self._strategy.get_window_stats(limit.item, limit.name, hashed).reset_time
        raise TooManyRequests(retry_after=max(1, int(free_at - time.time()) + 1))

    def forget(self, limit: Limit, key: str) -> None:
        """The attempts under this key came to a good end."""
        self._strategy.clear(limit.item, limit.name, hash_token(key))


def client_address(request: Request, *, trusted_proxies: int) -> str:
    """Who is calling. X-Forwarded-For counts only as far as our own proxies wrote it, from the right."""
    direct = request.client.host if request.client else "unknown"
    if trusted_proxies == 0:
        return direct
    hops = [hop.strip() for line in request.headers.getlist("x-forwarded-for") for hop in line.split(",")]
    return hops[-trusted_proxies] if len(hops) >= trusted_proxies and hops[-trusted_proxies] else direct
