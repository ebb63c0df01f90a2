"""The pictures of a product of the hub: put there, said what is on them, put first, taken away."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response
from sqlalchemy.orm import Session

from shared_core import media, supply
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.goods import HOME, product_page
from shared_core.hub.errors import NoFile
from shared_core.hub.hub import Hub
from shared_core.hub.viewer import GoodsDep, HubDep, current, speaks
from shared_core.kernel.errors import PlatformError
from shared_core.web import forms
from shared_core.web.going import as_step, go

UPLOAD_BYTES_MAX = media.BYTES_MAX + 100_000
"""A picture as large as one may be, and the form around it."""

router = APIRouter()
Code = Annotated[str, Form(max_length=120)]
Digest = Annotated[str, Form(max_length=64)]
Words = Annotated[str, Form(max_length=300)]


@router.post("/goods/pictures", max_body_size=UPLOAD_BYTES_MAX)
def add(
    request: Request, hub: HubDep, viewer: GoodsDep, code: Code, alt: Words = "", picture: UploadFile | None = None
) -> Response:
    """Decoded before the transaction begins: nobody waits for it."""
    try:
        content = picture.file.read() if picture is not None else b""
        if not content:
            raise NoFile
        made = media.render(content)
    except PlatformError as error:
        trouble = forms.sentence(error, translate=speaks(request), locale=current(request).locale)
        return product_page(request, hub, code, trouble=trouble, status=422)
    hub.pictures.keep(made)

    def work(session: Session) -> None:
        supply.add_pictures(session, code, [made.digest], alt=alt.strip(), at=hub.clock())

    return _done(request, hub, code, work)


@router.post("/goods/pictures/words")
def describe(request: Request, hub: HubDep, viewer: GoodsDep, code: Code, digest: Digest, alt: Words = "") -> Response:
    """What is on it, for whoever cannot see it."""
    return _done(request, hub, code, lambda session: supply.describe_picture(session, code, digest, alt=alt.strip()))


@router.post("/goods/pictures/first")
def put_first(request: Request, hub: HubDep, viewer: GoodsDep, code: Code, digest: Digest) -> Response:
    """Before all others."""
    return _done(request, hub, code, lambda session: supply.put_picture_first(session, code, digest))


@router.post("/goods/pictures/remove")
def remove(request: Request, hub: HubDep, viewer: GoodsDep, code: Code, digest: Digest) -> Response:
    return _done(request, hub, code, lambda session: supply.remove_picture(session, code, digest))


def _done(request: Request, hub: Hub, code: str, work: Callable[[Session], object]) -> Response:
    trouble = attempt(request, hub, work)
    if trouble:
        return product_page(request, hub, code, trouble=trouble, status=422)
    return go(f"{HOME}/of/{as_step(code)}", done="saved")
