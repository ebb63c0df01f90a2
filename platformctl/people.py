"""`platformctl staff` and `platformctl members`: who works in the shop, and links for people who cannot log in yet."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platformctl import exporting
from shared_core import members, storefront
from shared_core.kernel.csvfile import cell
from shared_core.kernel.settings import read_settings

BRAND = Path("brand")
GIVER = "command line"
"""How histories name whoever gave a link here."""
PAGE = 100
COLUMNS = ("member", "link", "expires_at")


@dataclass(frozen=True)
class Colleague:
    """Somebody with a staff role; the login is shortened."""

    code: str
    name: str
    login: str
    role: str
    can_log_in: bool


@dataclass(frozen=True)
class Appointment:
    """What `staff LOGIN --role` did. `link` sets the password of an account that has none, once, until `expires_at`."""

    login: str
    role: str
    created: bool
    link: str | None
    expires_at: datetime | None


def colleagues() -> list[Colleague]:
    """Everybody with a role in the shop of the current folder."""
    found: list[members.Person] = []
    with _shop() as shop, shop.database.reading() as session:
        page = members.people(session, at=shop.clock(), limit=PAGE, only="staff")
        found += page.people
        while page.cursor is not None:
            page = members.people(session, at=shop.clock(), after=page.cursor, limit=PAGE, only="staff")
            found += page.people
    return [Colleague(each.code, each.name, each.login, each.staff_role or "", each.can_log_in) for each in found]


def appoint(login: str, role: members.StaffRole, *, address: str) -> Appointment:
    """Give a role to the account with this login, made now when there is none.

    `address` is where a shop without SHOP_BASE_URL is reached. Raises LoginUnreadable, LastOwner.
    """
    with _shop() as shop:
        with shop.database.transaction() as session:
            made = storefront.appoint(session, shop, login, role=role, by=GIVER)
        link = _address(shop, address) + made.link.path if made.link else None
        return Appointment(login, role, made.created, link, made.link.expires_at if made.link else None)


def remove(login: str) -> None:
    """Take the role of this account back. Raises NobodyCalled, LoginUnreadable, LastOwner."""
    with _shop() as shop, shop.database.transaction() as session:
        member_id = members.credentials(session, members.normalise_login(login)).member_id
        if member_id is None:
            raise members.NobodyCalled(key=login)
        members.set_staff_role(session, member_id, role=None)


def invite(keys: Sequence[str], *, days: int, out: Path | None, address: str) -> int:
    """Write links for these members as CSV, or (no keys) for all of an import who have none; how many.

    The file is whole before the links work, and readable by its owner only. Raises NobodyCalled, CanLogIn, CannotWrite.
    """
    with _shop() as shop, shop.database.transaction() as session, exporting.target(out, private=True) as file:
        at = shop.clock()
        if keys:
            names = {member_id: key for key, member_id in members.find_members(session, keys).items()}
        else:
            names = {each.member_id: each.name for each in members.unclaimed(session, at=at)}
        links = storefront.give_links(session, names, by=GIVER, at=at, days=days)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for member_id, link in links.items():
            row = (names[member_id], _address(shop, address) + link.path, link.expires_at)
            writer.writerow([cell(each) for each in row])
        return len(links)


def revoke(keys: Sequence[str]) -> int:
    """End the links of these members, or (no keys) every link that still works; how many. Raises NobodyCalled."""
    with _shop() as shop, shop.database.transaction() as session:
        ids = members.find_members(session, keys).values() if keys else None
        return members.take_back_access_links(session, ids, at=shop.clock())


@contextmanager
def _shop() -> Iterator[storefront.Shop]:
    """The shop in the current folder. Raises ConfigError."""
    shop = storefront.Shop.open(BRAND, read_settings())
    try:
        yield shop
    finally:
        shop.close()


def _address(shop: storefront.Shop, otherwise: str) -> str:
    return (shop.settings.base_url or otherwise).rstrip("/")
