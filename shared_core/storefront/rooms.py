"""Opening a room and coming into one: the same steps for the API and the pages."""

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import livestream
from shared_core.kernel.codes import new_code
from shared_core.storefront import share_links
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import current, ensure_visitor, the_shop
from shared_core.storefront.who import Viewer
from shared_core.web import limits


def open_room(session: Session, shop: Shop, viewer: Viewer, wanted: livestream.OpenRoom) -> livestream.LiveRoom:
    """Make the viewer's room. Raises what `livestream.open_room` raises; MayNotHost too for who is no promoter yet."""
    at = shop.clock()
    if not viewer.promoter:
        raise livestream.MayNotHost
    shop.limiter.spend(limits.ROOM_BY_VIEWER, viewer.scope)
    return livestream.open_room(session, shop.plan_at(at), wanted, host_id=viewer.known_id, code=new_code(), at=at)


def come_in(request: Request, session: Session, code: str, *, by: str = "") -> livestream.LiveRoom:
    """The viewer is in the room: they get a row if they had none, and who brought them is remembered.

    Link previews and crawlers leave no trace, nor does anybody when the room is over. Raises UnknownRoom, and what
    `share_links.room_referrer` raises.
    """
    shop = the_shop(request)
    room = livestream.room(session, code)
    referrer_id = share_links.room_referrer(request, session, code, by=by)
    over = room.state(shop.clock()) is livestream.RoomState.OVER
    if not over and not share_links.is_preview(request) and current(request).member_id != room.host_id:
        viewer = ensure_visitor(request, session)
        livestream.record_visit(session, code, viewer_id=viewer.known_id, referrer_id=referrer_id, at=shop.clock())
    return room
