"""The stylesheet of the theme, and the files beside the templates: the core's and the brand's own."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from shared_core.storefront.shop import Shop
from shared_core.storefront.theme import CORE_STATIC, VENDOR_STATIC
from shared_core.storefront.viewer import ShopDep
from shared_core.web import files
from shared_core.web.files import FOR_EVER, NO_SCRIPTS

ASK_AGAIN = "public, no-cache"
WEBP = "image/webp"

router = APIRouter(include_in_schema=False)


@router.get("/theme.css")
def stylesheet(request: Request, shop: ShopDep) -> Response:
    """The brand's tokens as CSS; kept for ever under its version."""
    version = shop.theme.stylesheet_version
    headers = {"ETag": f'"{version}"', "Cache-Control": _cache_rule(request, version)}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(shop.theme.stylesheet, media_type="text/css", headers=headers)


@router.get("/static/{path:path}")
def static_file(path: str, request: Request, shop: ShopDep) -> Response:
    """A file of the brand (brand/…), of the vendored libraries (vendor/…) or of the core."""
    file = _find(path, shop)
    if file is None:
        raise HTTPException(404)
    current = shop.theme.asset_url(path).rpartition("?v=")[2]
    headers = {"Cache-Control": _cache_rule(request, current), "Content-Security-Policy": NO_SCRIPTS}
    return FileResponse(file, headers=headers)


@router.get("/media/{digest}/{width}")
def product_photograph(digest: str, width: int, request: Request, shop: ShopDep) -> Response:
    """A picture by its content, at least so wide where it is; WebP for whoever says that they can show it."""
    webp = WEBP in request.headers.get("accept", "")
    return files.picture(shop.pictures.find(digest, width, webp=webp))


def _find(path: str, shop: Shop) -> Path | None:
    """The file behind a path, never outside its folder."""
    first, _, rest = path.partition("/")
    folder, name = {"brand": (shop.theme.assets, rest), "vendor": (VENDOR_STATIC, rest)}.get(first, (CORE_STATIC, path))
    try:
        file = (folder / name).resolve()
        return file if file.is_file() and file.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError):  # no file can have such a name: too long, or with a zero byte in it
        return None


def _cache_rule(request: Request, current: str) -> str:
    return FOR_EVER if request.query_params.get("v") == current else ASK_AGAIN
