"""Rendering a page, and telling what was just done."""

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import HTMLResponse

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.storefront.viewer import current, render, the_shop
from shared_core.web import forms
from shared_core.web.forms import Form

NOTICES: Mapping[str, str] = {
    "added": N_("In your bag."),
    "cancelled": N_("The order is cancelled."),
    "asked": N_("We have your request and will answer soon."),
    "room_opened": N_("The room is made. Send its link to your friends."),
    "room_closed": N_("The room is closed."),
    "on_show": N_("It is on show in your room."),
    "off_show": N_("It is no longer on show there."),
    "claimed": N_("Thank you. We look for your money first."),
    "entered": N_("The order is entered. Send it to the buyer."),
    "left": N_("You are free. Nobody earns on what you buy from now on."),
    "payout": N_("Your payout is on its way to us. We send the money by hand and tell you here."),
    "welcome": N_("Welcome. This is your page."),
    "invited": N_("Your code is ready to send."),
    "revoked": N_("The code is yours again."),
    "accepted": N_("Your invitation is noted."),
    "joined": N_("You are in: what you recommend counts from now on."),
    "let_in": N_("They can recommend and earn from now on."),
    "changed": N_("The total has changed. Please look once more before you order."),
    "saved": N_("Saved."),
    "password": N_("You have a new password. Your other devices are logged out."),
    "ended": N_("Logged out there."),
    "taken_back": N_("The link is taken back."),
    "confirmed": N_("The payment is confirmed."),
    "shipped": N_("Marked as shipped."),
    "delivered": N_("Marked as delivered."),
    "refunded": N_("The refund is booked. Send the money, then note its transaction number."),
    "sent": N_("Noted as sent."),
    "received": N_("The goods are in stock."),
    "packet": N_("Noted. When it was accepted, note the payout as paid; otherwise it goes back after 24 hours."),
    "paid": N_("The payout is noted as paid."),
    "approved": N_("The payout is approved. Somebody else may send the money and note it as paid."),
    "disputed": N_("The dispute is noted. What members earned on it is kept back until it is decided."),
    "decided": N_("The outcome of the dispute is noted."),
    "published": N_("The plan is published."),
    "handed_out": N_("It is handed out."),
    "proposed": N_("It is noted. Somebody else has to hand it out."),
    "dropped": N_("It is dropped; nothing was moved."),
    "failed": N_("The payout is noted as failed; the amount is available again."),
}
"""What a page says at the top after a redirect with `?done=…`."""


def page(request: Request, name: str, *, status_code: int = 200, **context: object) -> HTMLResponse:
    """The page `name`, with the notice of what was just done."""
    notice = NOTICES.get(request.query_params.get("done", ""), "")
    return render(request, name, status_code=status_code, notice=translate(request, notice), **context)


def translate(request: Request, message: str) -> str:
    """`message` in the viewer's language; empty stays empty."""
    return the_shop(request).theme.translate(current(request).locale)(message) if message else ""


def show_day(request: Request, at: datetime) -> str:
    """The calendar day of an instant in the shop's zone, as the viewer reads dates."""
    local = at.astimezone(the_shop(request).brand.zone)
    return format_date(local.date(), locale=current(request).locale.replace("-", "_"))


def refused(
    request: Request,
    error: PlatformError,
    values: Mapping[str, str],
    fields: Mapping[type[PlatformError], str] | None = None,
) -> Form:
    """The form again, with `error` beside its field (`fields` names it by class; else it heads the form)."""
    locale = current(request).locale
    speaks = the_shop(request).theme.translate(locale)
    return forms.refused(error, values, fields or {}, translate=speaks, locale=locale)
