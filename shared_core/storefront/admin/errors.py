"""What staff may forget to fill in."""

from shared_core.kernel.errors import Invalid


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = "Please say why; it is kept with the books."


class ParcelUntraceable(Invalid):
    code = "parcel_untraceable"
    message = "Please give the carrier and the tracking number, so that the parcel can be followed."


class HandoutIncomplete(Invalid):
    code = "handout_incomplete"
    message = "Please give each member once, with an amount."


class HandoverIncomplete(Invalid):
    code = "handover_incomplete"
    message = "Please give an amount above zero and the transaction number."


class NoStatement(Invalid):
    code = "no_statement"
    message = "Please choose the file of the statement; it must not be empty."
