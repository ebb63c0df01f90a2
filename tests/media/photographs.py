"""Photographs of our own making, and a server on loopback that gives them out, well or badly."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112
MAKER = 0x010F


def photograph(
    colour: str | tuple[int, ...] = "tomato", size: tuple[int, int] = (40, 60), format: str = "JPEG", **how: Any
) -> bytes:
    """A picture of one colour."""
    return written(
        Image.new("RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB", size, colour), format, **how
    )


def written(picture: Image.Image, format: str, **how: Any) -> bytes:
    file = BytesIO()
    picture.save(file, format, **how)
    return file.getvalue()


def told_too_much(orientation: int = 1) -> bytes:
    """Left half red, right half blue, with camera, place and orientation in its EXIF."""
    picture = Image.new("RGB", (64, 32), "red")
    picture.paste("blue", (32, 0, 64, 32))
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "SecretCam", orientation
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (30.0, 15.0, 7.0)
    return written(picture, "JPEG", quality=95, exif=exif, comment=b"at home")


@dataclass
class Site:
    """Answers by path: status, headers, body, and how long to wait between the bytes of the body.

    What drips and has headers drips from its first byte on.
    """

    url: str = ""
    answers: dict[str, tuple[int, dict[str, str], bytes, float]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def give(self, path: str, body: bytes = b"", *, status: int = 200, drip: float = 0.0, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, body, drip)
        return self.url + path


@contextmanager
def site() -> Iterator[Site]:
    made = Site()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, headers, body, drip = made.answers.get(self.path, (404, {}, b"", 0.0))
            lines = [f"HTTP/1.0 {status} So", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
            head = "\r\n".join(lines).encode()
            slow, fast = (head + body, b"") if drip and headers else (body, head)
            try:
                self.wfile.write(fast)
                for start in range(0, len(slow), 1 if drip else len(slow) or 1):
                    self.wfile.write(slow[start : start + 1] if drip else slow)
                    time.sleep(drip)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
