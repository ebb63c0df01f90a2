"""Asking a hub over HTTP: time limits, retries, a circuit breaker, and one clear error for each way to fail.

Every call of the gateway may be repeated, so it is repeated where no answer came or the hub said "not now"; never
where it refused. A caller waits `Patience.total` at most, however slowly an answer drips in.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import httpx2
import stamina
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared_core.supply.errors import HubRefused, SupplyUnavailable
from shared_core.supply.gateways import wire
from shared_core.supply.gateways.breaker import Breaker, BreakerLimits

ANSWER_BYTES_MAX = 16 * 2**20
CONNECTIONS_MAX = 40  # as many as threads that serve requests
RETRY_SECONDS = 5
NOT_NOW = (429, 502, 503, 504)
BODY_SHOWN_MAX = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the hub, and how often to ask again; `pause` grows and is varied by chance."""

    connect: timedelta = timedelta(seconds=3)
    read: timedelta = timedelta(seconds=5)
    total: timedelta = timedelta(seconds=10)
    attempts_max: int = 3
    pause: timedelta = timedelta(milliseconds=100)
    pause_max: timedelta = timedelta(seconds=2)
    jitter: timedelta = timedelta(milliseconds=200)
    breaker: BreakerLimits = field(default_factory=BreakerLimits)


class _NoAnswer(Exception):
    """Nothing, or "not now"; `after`: how long the hub asked to be left alone."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class HubClient:
    """One pooled connection to one hub for all threads of a process. Close it when the process stops."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        store: str = "",
        timeline: str = "",
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
        ticks: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.url, self.patience, self._ticks = url.rstrip("/"), patience or Patience(), ticks
        self._breaker = Breaker(self.patience.breaker, ticks)
        self._spoken: int | None = None
        self._http = httpx2.Client(
            base_url=self.url + wire.PATH,
            headers=_headers(key.strip(), store, timeline),
            limits=httpx2.Limits(max_connections=CONNECTIONS_MAX),
            transport=transport,
        )

    def close(self) -> None:
        self._http.close()

    def protocol(self) -> int:
        """What the hub spoke last; it is asked where it was not heard yet."""
        if self._spoken is None:
            self.get("/me", wire.ME)
        assert self._spoken is not None, "every answer says it"
        return self._spoken

    def get(self, path: str, shape: TypeAdapter[T], **query: int) -> T:
        return self._read(self._ask("GET", path, None, query), shape)

    def put(self, path: str, asked: BaseModel, shape: TypeAdapter[T]) -> T:
        return self._read(self._ask("PUT", path, asked, {}), shape)

    def post(self, path: str, asked: BaseModel, shape: TypeAdapter[T]) -> T:
        return self._read(self._ask("POST", path, asked, {}), shape)

    def tell(self, path: str) -> None:
        """POST where nothing is answered."""
        self._ask("POST", path, None, {})

    def _ask(self, method: str, path: str, asked: BaseModel | None, query: Mapping[str, int]) -> bytes:
        """The body of the answer. Raises SupplyUnavailable, HubRefused, and what the hub refused with."""
        request: dict[str, Any] = {"params": dict(query)}
        if asked is not None:
            request |= {"content": asked.model_dump_json(), "headers": {"Content-Type": "application/json"}}
        patience, until = self.patience, self._ticks() + _ticks(self.patience.total)
        tries = stamina.retry_context(
            on=lambda failure: _again(failure, left=self._left(until)),
            attempts=patience.attempts_max,
            timeout=patience.total,
            wait_initial=patience.pause,
            wait_max=patience.pause_max,
            wait_jitter=patience.jitter,
        )
        try:
            for attempt in tries:
                with attempt:
                    return self._once(method, path, request, until=until)
        except _NoAnswer as nothing:
            wait = nothing.after or max(self._breaker.wait(), timedelta(seconds=RETRY_SECONDS))
            raise SupplyUnavailable(retry_after=wire.whole_seconds(wait)) from nothing
        raise AssertionError("the last try answers or raises")

    def _once(self, method: str, path: str, request: Mapping[str, Any], *, until: int) -> bytes:
        if self._left(until) <= timedelta(0):
            raise _NoAnswer("no time is left")
        if not self._breaker.may_call():
            wait = max(self._breaker.wait(), timedelta(seconds=1))
            raise SupplyUnavailable(retry_after=wire.whole_seconds(wait))
        try:
            status, headers, body = self._answer(method, path, request, until=until)
        except (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol):
            raise HubRefused(reason="the address or the key is none") from None  # its text may hold the key
        except (httpx2.RequestError, _NoAnswer) as failure:
            self._breaker.note(answer=False)
            raise _NoAnswer(f"{type(failure).__name__}: {failure}") from failure
        self._breaker.note(answer=status < 500)
        if status in NOT_NOW:
            raise _NoAnswer(f"status {status}", after=_retry_after(headers))
        if status >= 500:
            raise SupplyUnavailable(retry_after=RETRY_SECONDS)
        if status >= 300:
            raise _refused(status, body)
        self._spoken = _protocol(headers)
        return body

    def _answer(
        self, method: str, path: str, request: Mapping[str, Any], *, until: int
    ) -> tuple[int, httpx2.Headers, bytes]:
        """Status, headers and body, before `until`."""
        left = self._left(until)
        connect, read = min(self.patience.connect, left), min(self.patience.read, left)
        timeout = httpx2.Timeout(read.total_seconds(), connect=connect.total_seconds())
        body = bytearray()
        with self._http.stream(method, path, timeout=timeout, **request) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES_MAX:
                    raise HubRefused(reason=f"an answer of more than {ANSWER_BYTES_MAX} bytes")
                if self._ticks() > until:
                    raise _NoAnswer("the answer drips in too slowly")
        return response.status_code, response.headers, bytes(body)

    def _left(self, until: int) -> timedelta:
        return timedelta(microseconds=(until - self._ticks()) // 1_000)

    @staticmethod
    def _read(body: bytes, shape: TypeAdapter[T]) -> T:
        try:
            return shape.validate_json(body)
        except ValidationError as error:
            raise HubRefused(reason=f"an answer that cannot be read ({error.error_count()} faults)") from error


def _again(failure: Exception, *, left: timedelta) -> bool | timedelta:
    """Whether to try again, or after how long, when there is so much time left."""
    if not isinstance(failure, _NoAnswer) or (failure.after or timedelta(0)) >= left:
        return False
    return True if failure.after is None else failure.after


def _headers(key: str, store: str, timeline: str) -> dict[str, str]:
    sent = {"Authorization": f"Bearer {key}", wire.PROTOCOL_HEADER: str(wire.PROTOCOL)}
    known = {wire.STORE_HEADER: store, wire.TIMELINE_HEADER: timeline}
    return sent | {name: value for name, value in known.items() if value}


def _refused(status: int, body: bytes) -> Exception:
    """What an answer that is no success says, as an error."""
    try:
        problem = TypeAdapter(dict[str, Any]).validate_json(body)
    except ValidationError:
        return HubRefused(reason=f"status {status}, and it is not a hub that says so: {_shown(body)}")
    known = wire.refusal(problem)
    return known or HubRefused(reason=f"status {status}, {problem.get('code')}: {str(problem.get('detail'))[:500]}")


def _protocol(headers: Mapping[str, str]) -> int:
    """What the hub speaks. Raises HubRefused."""
    spoken = headers.get(wire.PROTOCOL_HEADER, "")
    if not spoken.isdecimal():
        raise HubRefused(reason="what answers at this address is not a supply hub")
    if int(spoken) < wire.OLDEST_HUB:
        raise HubRefused(reason=f"it speaks protocol {spoken}, this shop needs {wire.OLDEST_HUB} or later")
    return int(spoken)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    said = headers.get("Retry-After", "")
    return timedelta(seconds=min(int(said), wire.SECONDS_MAX)) if said.isdecimal() else None


def _shown(body: bytes) -> str:
    return body[:BODY_SHOWN_MAX].decode(errors="replace")


def _ticks(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1) * 1_000
