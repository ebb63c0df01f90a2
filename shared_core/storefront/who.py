"""Who is looking at the shop, as everything that shows or hears something may know them."""

from dataclasses import dataclass

from shared_core.storefront import rights


@dataclass(frozen=True)
class Viewer:
    """`member_id` is None for somebody never seen before; a visitor with a cookie has one but is not signed in."""

    member_id: int | None
    code: str | None
    name: str
    signed_in: bool
    promoter: bool
    staff: str | None
    """"owner" or "staff", else None."""
    locale: str
    visitor_token: str | None
    session_token: str | None
    cart_count: int = 0

    @property
    def known_id(self) -> int:
        """The member behind a viewer that is known to have one (signed in, or just made a visitor)."""
        assert self.member_id is not None, "somebody never seen before has no row"
        return self.member_id

    @property
    def actor(self) -> str:
        """How histories name this viewer: "staff:7", "member:7"."""
        return f"{'staff' if self.staff else 'member'}:{self.known_id}"

    def may(self, right: str) -> bool:
        """Whether this viewer has a right in the back office."""
        return rights.allows(self.staff, right)

    @property
    def scope(self) -> str:
        """Who this is for rate limits and idempotency keys; empty for somebody never seen."""
        return f"member:{self.member_id}" if self.member_id is not None else ""
