"""What the clients of shoppers and staff really send, call by call: through the API, and through the pages."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

from tests.bench.browser import Answer, Browser
from tests.bench.filling import TOTAL_MINOR, Filled

PASSWORD = "three quiet lamps"
SESSION_COOKIE = "__Host-session"
ADDRESS = {"name": "王小明", "phone": "13800138000", "street": "样例路 1 号", "city": "杭州"}
CURRENCY = "CNY"

_numbers = count(1)


class Refused(Exception):
    """An answer that a working shop does not give."""


@dataclass
class Purse:
    """One shopper's way through the shop: what they buy, and what every call took (seconds, by call)."""

    filled: Filled
    port: int
    number: int
    """Which customer and which goods; every shopper has another one."""
    spent: dict[str, list[float]] = field(default_factory=dict)

    @property
    def sku(self) -> str:
        return self.filled.skus[self.number * 7 % len(self.filled.skus)]

    @property
    def slug(self) -> str:
        return self.filled.slugs[self.number * 7 % len(self.filled.slugs)]

    @property
    def link(self) -> str:
        return self.filled.links[self.number % len(self.filled.links)]

    def customer(self) -> Browser:
        """The browser of a customer who is logged in."""
        token = self.filled.customers[self.number % len(self.filled.customers)]
        return Browser(self.port, cookies={SESSION_COOKIE: token})

    def staff(self) -> Browser:
        return Browser(self.port, bearer=self.filled.staff)

    async def call(self, name: str, sent: Awaitable[Answer], *, status: int = 200) -> Answer:
        """Raises Refused unless the answer has this status."""
        started = time.perf_counter()
        answer = await sent
        self.spent.setdefault(name, []).append(time.perf_counter() - started)
        if answer.status != status:
            raise Refused(f"{name}: {answer.status} {answer.body[:300]!r}")
        return answer


Way = Callable[[Purse], Awaitable[None]]


async def customer_by_api(purse: Purse) -> None:
    """A customer who is logged in buys one piece."""
    browser = purse.customer()
    await _buy_by_api(purse, browser)
    browser.close()


async def newcomer_by_api(purse: Purse) -> None:
    """A stranger follows a share link, signs up, and buys one piece."""
    browser = Browser(purse.port)
    await purse.call("GET /s/TOKEN (share link)", browser.get(purse.link), status=303)
    login = f"new{next(_numbers)}-{time.time_ns()}@bench.example"
    body = {"login": login, "password": PASSWORD, "name": "Newcomer"}
    signed_up = browser.send_json("POST", "/api/v1/members", body)
    await purse.call("POST /api/v1/members (sign up)", signed_up, status=201)
    await _buy_by_api(purse, browser)
    browser.close()


async def checkout_only(purse: Purse) -> None:
    """Nothing but the order."""
    browser = purse.customer()
    await _place(purse, browser)
    browser.close()


async def customer_by_pages(purse: Purse) -> None:
    """The same customer with a browser: pages and forms, pictures and styles already kept."""
    browser = purse.customer()
    await purse.call("GET /products", browser.get("/products"))
    await purse.call("GET /products/SLUG", browser.get(f"/products/{purse.slug}"))
    put = browser.send_form("/cart", {"sku": purse.sku, "quantity": 1})
    await purse.call("POST /cart", put, status=303)
    await purse.call("GET /cart", browser.get("/cart"))
    shown = await purse.call("GET /checkout", browser.get("/checkout"))
    key = re.search(rb'name="key" value="([^"]+)"', shown.body)
    assert key is not None, "the checkout form has a key"
    form = ADDRESS | {
        "key": key[1].decode(),
        "seen": TOTAL_MINOR,
        "sku": purse.sku,
        "quantity": 1,
        "region": "浙江",
        "district": "西湖区",
        "country": "CN",
    }
    placed = await purse.call("POST /checkout", browser.send_form("/checkout", form), status=303)
    order = placed.headers["location"]
    await purse.call("GET /orders/NUMBER", browser.get(order))
    browser.close()
    await _confirm(purse, order.rpartition("/")[2])


async def _buy_by_api(purse: Purse, browser: Browser) -> None:
    await purse.call("GET /api/v1/products (24 of 1,000)", browser.get("/api/v1/products"))
    await purse.call("GET /api/v1/products/SLUG", browser.get(f"/api/v1/products/{purse.slug}"))
    put = browser.send_json("PUT", f"/api/v1/cart/lines/{purse.sku}", {"quantity": 1})
    await purse.call("PUT /api/v1/cart/lines/SKU", put)
    await purse.call("GET /api/v1/cart (quote)", browser.get("/api/v1/cart"))
    number = await _place(purse, browser)
    await purse.call("GET /api/v1/orders/NUMBER", browser.get(f"/api/v1/orders/{number}"))
    await _confirm(purse, number)


async def _place(purse: Purse, browser: Browser) -> str:
    body = {
        "lines": [{"sku": purse.sku, "quantity": 1}],
        "address": ADDRESS,
        "seen_total": {"minor": TOTAL_MINOR, "currency": CURRENCY},
    }
    key = f"bench-{next(_numbers)}-{time.time_ns()}"
    sent = browser.send_json("POST", "/api/v1/orders", body, key=key)
    answer = await purse.call("POST /api/v1/orders (checkout)", sent, status=201)
    return str(answer.json()["number"])


async def _confirm(purse: Purse, number: str) -> None:
    """Staff saw the money."""
    staff = purse.staff()
    path = f"/api/v1/admin/orders/{number}/payment"
    body = {"transaction_no": f"T-{number}", "amount": {"minor": TOTAL_MINOR, "currency": CURRENCY}}
    sent = staff.send_json("POST", path, body, key=f"pay-{number}")
    await purse.call("POST /api/v1/admin/orders/NUMBER/payment (staff)", sent)
    staff.close()
