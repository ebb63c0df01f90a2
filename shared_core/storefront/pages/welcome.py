"""Behind a one-time link: somebody whose row is here already chooses how they log in.

Looking at the page uses nothing up, so that the preview of a messenger does no harm.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from shared_core import members
from shared_core.kernel.errors import PlatformError
from shared_core.storefront import accounts
from shared_core.storefront.access import WELCOME
from shared_core.storefront.pages.account import FIELDS, TEXT_LENGTH_MAX
from shared_core.storefront.pages.page import page, refused
from shared_core.storefront.viewer import ShopDep, ViewerDep
from shared_core.web import forms
from shared_core.web.going import go

TOKEN_LENGTH_MAX = 64

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(max_length=TOKEN_LENGTH_MAX)]
Text = Annotated[str, Form(max_length=TEXT_LENGTH_MAX)]


@router.get(WELCOME + "{token}")
def choose(request: Request, token: Token, shop: ShopDep, viewer: ViewerDep) -> Response:
    holder = accounts.holder_of_link(request, token)
    return _page(request, token, holder, forms.Form({"name": holder.name}))


@router.post(WELCOME + "{token}")
def chosen(
    request: Request,
    token: Token,
    shop: ShopDep,
    viewer: ViewerDep,
    name: Text = "",
    login: Text = "",
    password: Text = "",
) -> Response:
    try:
        with shop.database.transaction() as session:
            started = accounts.use_link(request, session, token, login=login, password=password, name=name)
    except PlatformError as error:
        form = refused(request, error, {"name": name, "login": login}, FIELDS)
        return _page(request, token, accounts.holder_of_link(request, token), form, status=error.status)
    accounts.keep_session(request, started)
    return go("/me", done="welcome")


def _page(request: Request, token: str, holder: members.Account, form: forms.Form, *, status: int = 200) -> Response:
    return page(
        request,
        "welcome.html",
        status_code=status,
        form=form,
        token_in_path=token,
        login=holder.login.value if holder.login else "",
        password_length_min=members.PASSWORD_LENGTH_MIN,
    )
