"""A very small HTTP client: one connection, cookies, little CPU, because it shares the machine with the server."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.bench.servers import HOST


@dataclass(frozen=True)
class Answer:
    """`headers` by lower-case name; of equal ones the last, but for cookies, which the browser keeps."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """One connection that stays open; opened again when the server has closed it in a pause."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    bearer: str = ""
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        return await self.send("GET", path)

    async def send_json(self, method: str, path: str, body: object, *, key: str = "") -> Answer:
        """`key`: the idempotency key, where there is one."""
        more = f"Idempotency-Key: {key}\r\n" if key else ""
        return await self.send(method, path, json.dumps(body).encode(), "application/json", more=more)

    async def send_form(self, path: str, fields: Mapping[str, object]) -> Answer:
        body = urlencode({name: str(value) for name, value in fields.items()}).encode()
        return await self.send(
            "POST", path, body, "application/x-www-form-urlencoded", more="Sec-Fetch-Site: same-origin\r\n"
        )

    async def send(self, method: str, path: str, body: bytes = b"", kind: str = "", *, more: str = "") -> Answer:
        """Raises ConnectionError when the server hangs up."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nUser-Agent: bench\r\n{more}"
        if self.bearer:
            head += f"Authorization: Bearer {self.bearer}\r\n"
        elif self.cookies:
            head += "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()) + "\r\n"
        if body or method != "GET":
            head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        reader, writer = await self._connection()
        writer.write(head.encode() + b"\r\n" + body)
        return await self._read(reader)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self.close()
            self._reader, self._writer = await asyncio.open_connection(HOST, self.port)
        return self._reader, self._writer

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("the server hung up") from error
        status_line, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self._keep(value.strip())
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(status_line.split()[1]), headers, body)

    def _keep(self, cookie: str) -> None:
        pair, _, rest = cookie.partition(";")
        name, _, value = pair.partition("=")
        if "max-age=0;" in rest.lower().replace(" ", "") + ";":
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value
