"""Livestream: rooms in which a host sells for a while, who came to see them, and who brought whom.

A room is a selling place with a title, a beginning, an end and goods on show. What is broadcast in it is none of this
room's business.
"""

from shared_core.livestream.errors import (
    AgeNotDeclared,
    BadRoomTimes,
    BadRoomTitle,
    GoodsNotForSale,
    MayNotHost,
    NoRooms,
    RoomOver,
    TooManyGoods,
    TooManyRooms,
    UnknownRoom,
    WrongRoomLink,
)
from shared_core.livestream.models import LiveRoom
from shared_core.livestream.rooms import (
    TIME_LIMITS,
    OpenRoom,
    close_room,
    codes_of,
    goods_of,
    hide_goods,
    list_rooms,
    may_host,
    open_room,
    room,
    rooms_of,
    rooms_to_fill,
    show_goods,
)
from shared_core.livestream.rules import (
    GOODS_MAX,
    LENGTH_MAX,
    ROOMS_OPEN_MAX,
    TITLE_LENGTH_MAX,
    VISIT_COUNTS_FOR,
    RoomState,
)
from shared_core.livestream.visits import came_by, merge_visits, record_visit, viewers

__all__ = [
    "GOODS_MAX",
    "LENGTH_MAX",
    "ROOMS_OPEN_MAX",
    "TIME_LIMITS",
    "TITLE_LENGTH_MAX",
    "VISIT_COUNTS_FOR",
    "AgeNotDeclared",
    "BadRoomTimes",
    "BadRoomTitle",
    "GoodsNotForSale",
    "LiveRoom",
    "MayNotHost",
    "NoRooms",
    "OpenRoom",
    "RoomOver",
    "RoomState",
    "TooManyGoods",
    "TooManyRooms",
    "UnknownRoom",
    "WrongRoomLink",
    "came_by",
    "close_room",
    "codes_of",
    "goods_of",
    "hide_goods",
    "list_rooms",
    "may_host",
    "merge_visits",
    "open_room",
    "record_visit",
    "room",
    "rooms_of",
    "rooms_to_fill",
    "show_goods",
    "viewers",
]
