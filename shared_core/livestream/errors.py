"""What may be refused in this room."""

from shared_core.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownRoom(NotFound):
    code = "unknown_room"
    message = "This room was not found."


class NoRooms(Forbidden):
    code = "no_rooms"
    message = "This shop has no live rooms: its plan does not enable them."


class MayNotHost(Forbidden):
    code = "may_not_host"
    message = "Your role in this shop does not include hosting yet."


class AgeNotDeclared(Invalid):
    code = "age_not_declared"
    message = "Hosts must be {age} or older. Please confirm that you are."


class TooManyRooms(Conflict):
    code = "too_many_rooms"
    message = "You have {maximum} rooms that are not over yet. Close one of them first."


class TooManyGoods(Conflict):
    code = "too_many_goods"
    message = "A room shows at most {maximum} products. Take one out first."


class RoomOver(Conflict):
    code = "room_over"
    message = "This room is over."


class BadRoomTitle(Invalid):
    code = "bad_room_title"
    message = "Give the room a title of at most {maximum} characters."


class BadRoomTimes(Invalid):
    code = "bad_room_times"
    message = "A room ends in the future and after it begins, lasts at most {days} days and begins within {ahead} days."


class GoodsNotForSale(Invalid):
    code = "goods_not_for_sale"
    message = "Choose 1 to {maximum} different products that are for sale in this shop."


class WrongRoomLink(Invalid):
    code = "wrong_room_link"
    message = "This link leads to another room."
