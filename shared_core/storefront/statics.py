"""The stylesheet of the theme, and the files beside the templates: the core's and the brand's own."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from shared_core.storefront.viewer import ShopDep
from shared_core.web import files
from shared_core.web.statics import PREFIX, cache_rule

WEBP = "image/webp"

router = APIRouter(include_in_schema=False)


@router.get("/theme.css")
def stylesheet(request: Request, shop: ShopDep) -> Response:
    """The brand's tokens as CSS; kept for ever under its version."""
    version = shop.theme.stylesheet_version
    headers = {"ETag": f'"{version}"', "Cache-Control": cache_rule(request, version)}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(shop.theme.stylesheet, media_type="text/css", headers=headers)


@router.get(PREFIX + "{path:path}")
def static_file(path: str, request: Request, shop: ShopDep) -> FileResponse:
    """A file of the brand (brand/…), of the vendored libraries (vendor/…) or of the core."""
    return shop.theme.statics.answer(request, path)


@router.get("/media/{digest}/{width}")
def product_photograph(digest: str, width: int, request: Request, shop: ShopDep) -> Response:
    """A picture by its content, at least so wide where it is; WebP for whoever says that they can show it."""
    webp = WEBP in request.headers.get("accept", "")
    return files.picture(shop.pictures.find(digest, width, webp=webp))
