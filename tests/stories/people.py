"""The people of a story. Each has a browser of their own and does everything over HTTP."""

import time
from collections.abc import Mapping
from itertools import count
from typing import Any, Self

import httpx2
import pytest

from tests.stories.driver import Server, StoryShop

PASSWORD = "three quiet lamps"
ADDRESS = {"name": "王小明", "phone": "13800138000", "street": "样例路 1 号", "city": "杭州"}
API = "/api/v1"
SECONDS_MAX = 120
INSISTING_SECONDS_MAX = 120
CONNECTIONS_MAX = 120
UNAVAILABLE = 503

_numbers = count(1)


class Person:
    """Somebody with a browser, at one shop. Nobody knows them until they leave a trace."""

    def __init__(self, server: Server, *, language: str = "en") -> None:
        self.browser = httpx2.Client(
            base_url=server.url,
            headers={"Accept-Language": language, "Origin": server.url},
            timeout=SECONDS_MAX,
            limits=httpx2.Limits(max_connections=CONNECTIONS_MAX),
            verify=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.close()

    def move_to(self, server: Server) -> Self:
        """The same browser, with its cookies, at another process of the same shop."""
        self.browser.base_url = httpx2.URL(server.url)
        self.browser.headers["Origin"] = server.url
        return self

    # --- asking ---

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> httpx2.Response:
        """Ask the API and get whatever it answers."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.browser.request(method, API + path, json=body, headers=headers)

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", says: int = 200) -> Any:
        """Ask the API; it must say `says`."""
        answer = self.send(method, path, body, key=key)
        assert answer.status_code == says, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def insist(self, method: str, path: str, body: Any, *, key: str, says: int = 200) -> Any:
        """Ask with the same key again until there is an answer: the client of a shop that may go away."""
        deadline = time.monotonic() + INSISTING_SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                answer = self.send(method, path, body, key=key)
            except httpx2.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code != UNAVAILABLE:
                assert answer.status_code == says, f"{method} {path}: {answer.status_code} {answer.text}"
                return answer.json()
            assert int(answer.headers["Retry-After"]) > 0
            time.sleep(0.2)
        pytest.fail(f"{method} {path} was never answered")

    def page(self, path: str) -> httpx2.Response:
        """Open a page, as a browser does."""
        return self.browser.get(path, headers={"Accept": "text/html"}, follow_redirects=True)

    # --- what people do ---

    def sign_up(self, name: str = "Ming") -> Self:
        body = {"login": f"m{next(_numbers)}@example.com", "password": PASSWORD, "name": name}
        self.ask("POST", "/members", body, says=201)
        return self

    def log_in(self, login: str, password: str) -> Self:
        self.ask("POST", "/session", {"login": login, "password": password}, says=201)
        return self

    def share(self, about: str = "/") -> str:
        """The path of a share link of theirs."""
        return str(self.ask("POST", "/share-links", {"about": about}, says=201)["path"])

    def follow(self, link: str) -> Self:
        """Click on a share link."""
        answer = self.browser.get(link, headers={"Accept": "text/html"})
        assert answer.status_code == 303, answer.text
        return self

    def cart_total(self, wanted: Mapping[str, int]) -> Any:
        """Put these pieces by SKU, and nothing else, into the cart; the total it shows, as money."""
        cart: Any = self.get("/cart")
        for other in {each["sku"] for each in cart["lines"]} - wanted.keys():
            self.ask("DELETE", f"/cart/lines/{other}")
        for sku, pieces in wanted.items():
            cart = self.ask("PUT", f"/cart/lines/{sku}", {"quantity": pieces})
        return {"minor": cart["total"]["minor"], "currency": cart["total"]["currency"]}

    def order_body(self, wanted: Mapping[str, int]) -> dict[str, Any]:
        """The order that a cart of these pieces becomes."""
        lines = [{"sku": sku, "quantity": pieces} for sku, pieces in wanted.items()]
        return {"lines": lines, "address": ADDRESS, "seen_total": self.cart_total(wanted)}

    def buy(self, wanted: Mapping[str, int], *, key: str = "") -> Any:
        """Place an order of pieces by SKU."""
        return self.ask("POST", "/orders", self.order_body(wanted), key=key or new_key(), says=201)

    def order(self, number: str) -> Any:
        return self.get(f"/orders/{number}")

    def states(self, number: str) -> list[str]:
        """The states an order of theirs went through."""
        return [each["state"] for each in self.order(number)["history"]]

    def balance(self) -> tuple[int, int]:
        """(pending, available) in minor units."""
        owed = self.get("/me/balance")
        return owed["pending"]["minor"], owed["available"]["minor"]


class Staff(Person):
    """Somebody who runs the shop; every write has a key of its own unless told otherwise."""

    @classmethod
    def of(cls, server: Server, shop: StoryShop) -> Self:
        """The owner whom `platformctl seed` made."""
        return cls(server).log_in(*shop.owner)

    def write(self, path: str, body: Any, *, says: int = 200) -> Any:
        return self.ask("POST", f"/admin{path}", body, key=new_key(), says=says)

    def confirm(self, order: Any, *, transaction: str = "") -> Any:
        """The money of an order was seen."""
        return self.write(f"/orders/{order['number']}/payment", payment_of(order, transaction=transaction))

    def ship(self, number: str) -> Any:
        return self.write(f"/orders/{number}/shipment", parcel())

    def deliver(self, number: str) -> Any:
        return self.write(f"/orders/{number}/delivery", {})

    def refund(self, number: str, pieces: Mapping[str, int] | None = None, *, goods_back: bool = True) -> Any:
        """Promise pieces by SKU back, everything when not said, and send the money; the order."""
        known = self.get(f"/admin/orders/{number}")
        wanted = pieces or {}
        items = [
            {"line_id": each["id"], "pieces": wanted[each["sku"]]} for each in known["lines"] if each["sku"] in wanted
        ]
        body = {"items": items, "reason": "asked", "goods_back": goods_back}
        before = {each["number"] for each in known["refunds"]}
        after = self.write(f"/orders/{number}/refunds", body, says=201)
        [made] = [each["number"] for each in after["refunds"] if each["number"] not in before]
        return self.write(f"/orders/{number}/refunds/{made}/sent", {"evidence": f"back-{made}"})

    def pay_out(self, code: str) -> Any:
        return self.write(f"/payouts/{code}/paid", {"evidence": f"out-{code}"})

    def orders(self, state: str = "") -> list[Any]:
        """The newest hundred orders."""
        narrowed = f"&state={state}" if state else ""
        found: list[Any] = self.get(f"/admin/orders?limit=100{narrowed}")["orders"]
        return found


def new_key() -> str:
    return f"story-key-{next(_numbers)}"


def payment_of(order: Any, *, transaction: str = "") -> dict[str, Any]:
    """What staff type in when they have seen the money of an order."""
    amount = {"minor": order["total"]["minor"], "currency": order["total"]["currency"]}
    return {"transaction_no": transaction or f"T-{order['number']}", "amount": amount}


def parcel() -> dict[str, str]:
    return {"carrier": "Local", "tracking_number": f"SF{next(_numbers):010d}"}


def money(minor: int, currency: str = "CNY") -> dict[str, Any]:
    return {"minor": minor, "currency": currency}
