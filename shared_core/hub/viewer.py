"""Who is looking at the hub's pages, what every page takes, and how one is rendered.

    @router.get("/orders")
    def listing(request: Request, hub: HubDep, viewer: ReaderDep) -> HTMLResponse: ...

Who asks is looked up before the page begins, in a short reading of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from shared_core.hub import staff
from shared_core.hub.errors import RightMissing
from shared_core.hub.hub import LOCALES, Hub
from shared_core.hub.rights import RIGHTS, Right
from shared_core.kernel import i18n
from shared_core.kernel.codes import hash_token
from shared_core.kernel.i18n import N_
from shared_core.web import cookies, languages, security
from shared_core.web.going import in_language, own_path
from shared_core.web.problems import API_PREFIXES, LoginRequired, Problem


@dataclass(frozen=True)
class Viewer:
    """`person` is None for who is not logged in."""

    person: staff.Person | None
    locale: str
    session_token: str = ""

    @property
    def known(self) -> staff.Person:
        """The person behind a viewer who is logged in."""
        assert self.person is not None, "only routes with a right are given who is logged in"
        return self.person

    @property
    def actor(self) -> str:
        """How histories name this viewer."""
        return self.known.name

    @property
    def supplier(self) -> str:
        """For whom somebody works whose the portal is."""
        assert self.known.supplier is not None, "only routes of the portal ask, and who may use it has a supplier"
        return self.known.supplier

    def may(self, right: str) -> bool:
        return self.person is not None and right in RIGHTS[self.person.role]

    @property
    def home(self) -> str:
        """Where somebody with this role begins."""
        if self.may(Right.PORTAL):
            return "/portal"
        return "/console" if self.may(Right.READ) else "/account"


def the_hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


async def hub_of_request(request: Request) -> Hub:
    """`the_hub` for routes. Asynchronous, because it waits for nothing: it then needs no thread."""
    return the_hub(request)


HubDep = Annotated[Hub, Depends(hub_of_request)]


def the_viewer(request: Request, hub: HubDep) -> Viewer:
    """Look up who is asking. Reads only."""
    token = cookies.read(request, cookies.HUB_SESSION, secure=hub.settings.secure)
    viewer = nobody(request, hub)
    if token:
        with hub.database.glance() as session:
            person = staff.logged_in(session, hash_token(token), at=hub.clock())
        if person is not None:
            viewer = Viewer(person, viewer.locale, token)
    request.state.viewer = viewer
    return viewer


def nobody(request: Request, hub: Hub) -> Viewer:
    """A viewer known by nothing but what the request itself says."""
    return Viewer(None, languages.choose(request, hub.locales, secure=hub.settings.secure))


ViewerDep = Annotated[Viewer, Depends(the_viewer)]


def logged_in(viewer: ViewerDep) -> Viewer:
    if viewer.person is None:
        raise LoginRequired
    return viewer


@dataclass(frozen=True)
class Holder:
    """What a page of the console depends on: somebody with this right."""

    right: Right

    async def __call__(self, viewer: Annotated[Viewer, Depends(logged_in)]) -> Viewer:
        if not viewer.may(self.right):
            raise RightMissing
        return viewer


PersonDep = Annotated[Viewer, Depends(logged_in)]
"""Anybody who is logged in; others are shown the way to the log-in."""
ReaderDep = Annotated[Viewer, Depends(Holder(Right.READ))]
"""This and those below: somebody with the right; anybody else gets 403."""
PauseDep = Annotated[Viewer, Depends(Holder(Right.PAUSE))]
TermsDep = Annotated[Viewer, Depends(Holder(Right.TERMS))]
SuppliersDep = Annotated[Viewer, Depends(Holder(Right.SUPPLIERS))]
OrdersDep = Annotated[Viewer, Depends(Holder(Right.ORDERS))]
GoodsDep = Annotated[Viewer, Depends(Holder(Right.GOODS))]
MoneyDep = Annotated[Viewer, Depends(Holder(Right.MONEY))]
StaffDep = Annotated[Viewer, Depends(Holder(Right.STAFF))]
PortalDep = Annotated[Viewer, Depends(Holder(Right.PORTAL))]


def current(request: Request) -> Viewer:
    """The viewer that was looked up for this request; nobody when the request failed before that."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    return viewer if viewer is not None else nobody(request, the_hub(request))


def speaks(request: Request) -> Callable[[str], str]:
    """gettext in the viewer's language; empty stays empty."""
    found = i18n.translations(current(request).locale).gettext
    return lambda message: found(message) if message else ""


NOTICES = {
    "saved": N_("Saved."),
    "password": N_("You have a new password. Your other devices are logged out."),
    "ended": N_("Logged out there."),
    "agreed": N_("You have agreed to the terms."),
    "handed": N_("It is here. The people of the hub look at it."),
    "left": N_("They cannot log in any more."),
}
"""What a page says at the top after a redirect with `?done=…`."""


def page(request: Request, name: str, *, status_code: int = 200, **context: object) -> HTMLResponse:
    """The page `name` in the viewer's language, with the notice of what was just done.

    Every template also knows hub, viewer, locale, csrf_token, nonce and path.
    """
    hub, viewer = the_hub(request), current(request)
    spoken = i18n.translations(viewer.locale)
    known = {
        "hub": hub,
        "viewer": viewer,
        "locale": viewer.locale,
        "translate": spoken.gettext,
        "translate_plural": spoken.ngettext,
        "csrf_token": security.form_token(hub.keys, binding=form_binding(request), at=hub.clock()),
        "nonce": security.nonce(request),
        "path": own_path(request),
        "in_language": partial(in_language, request),
        "notice": speaks(request)(NOTICES.get(request.query_params.get("done", ""), "")),
        **context,
    }
    if "lang" in request.query_params:
        seconds, secure = cookies.LANGUAGE_SECONDS, hub.settings.secure
        cookies.remember(request, cookies.LANGUAGE, viewer.locale, seconds=seconds, secure=secure)
    return HTMLResponse(hub.templates.get_template(name).render(known), status_code=status_code)


def form_binding(request: Request) -> str:
    """What a form token is bound to: the session, else nobody yet."""
    return cookies.read(request, cookies.HUB_SESSION, secure=the_hub(request).settings.secure) or ""


class HubFace:
    """How a hub speaks to whoever asks, when something went wrong (`problems.Face`)."""

    def translate(self, request: Request) -> Callable[[str], str]:
        if request.url.path.startswith(API_PREFIXES):
            return i18n.translations(
                languages.choose(request, LOCALES, secure=the_hub(request).settings.secure)
            ).gettext
        return speaks(request)

    def error_page(self, request: Request, problem: Problem) -> HTMLResponse:
        return page(
            request,
            "error.html",
            status_code=problem.status,
            status=problem.status,
            headline=problem.title,
            text=problem.detail,
            problem=problem,
        )
