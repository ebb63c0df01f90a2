"""What can go wrong between a share and the member's pocket."""

from shared_core.kernel.errors import Conflict, Invalid, NotFound


class PayoutBelowMinimum(Invalid):
    code = "payout_below_minimum"
    message = "The smallest payout is {minimum}."


class PayoutAboveAvailable(Conflict):
    code = "payout_above_available"
    message = "{available} can be paid out, not {asked}."


class PayoutCodeReused(Conflict):
    code = "payout_code_reused"
    message = "This payout was already asked for with another amount."


class PayoutSettled(Conflict):
    code = "payout_settled"
    message = "The payout {payout} is already {state}."


class PayoutEvidenceUsed(Conflict):
    code = "payout_evidence_used"
    message = "The transaction number {evidence} already settled another payout."


class RedPacketOver(Conflict):
    code = "red_packet_over"
    message = (
        "The red packet of payout {payout} has run out: note it as paid, or as failed so that it can be asked for "
        "again."
    )


class RedPacketOpen(Conflict):
    """Given back now, and accepted afterwards, the money would be paid twice."""

    code = "red_packet_open"
    message = "The red packet of the payout {payout} can be accepted for 24 hours; look then whether it went back."


class PayoutNeedsApproval(Conflict):
    code = "payout_needs_approval"
    message = "The payout {payout} is above {limit}: somebody has to approve it before somebody else notes it as paid."


class PayoutBySamePerson(Conflict):
    code = "payout_by_same_person"
    message = "You approved the payout {payout}, which is above {limit}: somebody else has to note it as paid."


class UnknownPayout(NotFound):
    code = "unknown_payout"
    message = "There is no payout {payout}."


class HandoutAboveFund(Conflict):
    code = "handout_above_fund"
    message = "{available} of the team fund can be handed out, not {asked}."


class HandoutCodeReused(Conflict):
    code = "handout_code_reused"
    message = "This hand-out was already entered with another content."


class HandoutEnded(Conflict):
    code = "handout_ended"
    message = "The hand-out {handout} was already given or dropped."


class HandoutBySamePerson(Conflict):
    code = "handout_by_same_person"
    message = "You proposed the hand-out {handout}, which is above {limit}: somebody else has to give it."


class HandoutToOneself(Conflict):
    code = "handout_to_oneself"
    message = "Part of the hand-out {handout} is yours: somebody else has to give it."


class UnknownHandout(NotFound):
    code = "unknown_handout"
    message = "There is no hand-out {handout}."


class NoStatementYet(NotFound):
    code = "no_statement_yet"
    message = "The month {month} has not begun yet."


class UnknownEarning(NotFound):
    code = "unknown_earning"
    message = "There is no earning {earning}."


class SaleAtLoss(NotFound):
    """The goods of one line, their supply, fees and shares together: more would go out than comes in."""

    code = "sale_at_loss"
    message = "{sku} is not for sale here at the moment."
