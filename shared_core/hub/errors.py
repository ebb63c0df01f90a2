"""What the people of a hub may be told."""

from shared_core.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PlatformError


class RightMissing(Forbidden):
    code = "right_missing"
    message = "This is not yours to do here. Ask an owner of the hub."


class StaffTaken(Conflict):
    code = "staff_taken"
    message = "The name {name} is taken."


class UnknownStaff(NotFound):
    code = "unknown_staff"
    message = "Nobody called {name} works here."


class BadStaffName(Invalid):
    code = "bad_staff_name"
    message = "A name to log in with has 2 to {length_max} letters, digits, dots or hyphens, and no spaces."


class SupplierUnnamed(Invalid):
    code = "supplier_unnamed"
    message = "Somebody with the role supplier works for exactly one supplier; anybody else for none."


class LastHubOwner(Conflict):
    code = "last_hub_owner"
    message = "A hub needs at least one owner who can log in. Make somebody else an owner first."


class OneTimePassword(PlatformError):
    code = "one_time_password"
    status = 403
    message = "This password works once. Type it again, and choose one of your own."


class ReasonMissing(Invalid):
    code = "hub_reason_missing"
    message = "Please say why; it is written down."


class NoPieces(Invalid):
    code = "no_pieces"
    message = "Write down how many pieces: at least one."


class NotPieces(Invalid):
    code = "not_pieces"
    message = "Write numbers of pieces as whole numbers from 0 to {most}."


class AddressMissing(Invalid):
    code = "address_missing"
    message = "Write down where the pieces go: a name, a phone number, street, town and country."


class NoFile(Invalid):
    code = "no_file"
    message = "Choose a file first."


class PasswordUnchanged(Invalid):
    code = "password_unchanged"
    message = "Please choose a password other than the present one."


class BadPercentage(Invalid):
    code = "bad_percentage"
    message = 'Please write a percentage between 0 and 100, such as "2.5".'


class BadNumber(Invalid):
    code = "bad_number"
    message = "{text!r} is not a whole number."


class NothingTyped(Invalid):
    code = "nothing_typed"
    message = "Please say how many pieces of which goods."


class ReferenceMissing(Invalid):
    code = "stock_reference_missing"
    message = "Please give the number of the delivery note; it counts once."


class FileMissing(Invalid):
    code = "feed_missing"
    message = "Please choose the file of the feed; it must not be empty."


class NotChecked(Conflict):
    code = "feed_not_checked"
    message = "This is not what was checked. Check the file again, then take it in."


class BadDay(Invalid):
    code = "bad_day"
    message = "{text!r} is not a day; write it like 2026-12-31."


class BadTime(Invalid):
    code = "bad_time"
    message = "{text!r} is not a time of day; write it like 16:30."


class BadMoment(Invalid):
    code = "bad_moment"
    message = "Choose a day and a time of day, such as 2026-03-02 10:00."


class NothingCalled(Invalid):
    code = "nothing_called"
    message = "No goods on offer have this SKU, product code or brand."


class FormInPieces(Invalid):
    code = "form_in_pieces"
    message = "A part of this form is missing. Open it again and fill it in once more."


class ColumnsMissing(Invalid):
    code = "columns_missing"
    message = (
        "Choose at least a column for the title, one for product code, SKU or barcode, and one for a price, the stock "
        "or the barcode. For new prices or stock of goods that are here already, the SKU and one of those are enough."
    )
