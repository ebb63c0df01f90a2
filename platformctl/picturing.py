"""Pictures from elsewhere: what became of them, and asking again."""

from datetime import UTC, datetime
from pathlib import Path

from platformctl import output
from platformctl.failures import PictureFileRefused
from platformctl.messages import N_, translate
from shared_core import hub, media, storefront, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Phrase, PlatformError
from shared_core.kernel.settings import Deployment, Settings, read

BRAND = Path("brand")
STATES = {"waiting": N_("waiting"), "kept": N_("kept"), "failed": N_("failed")}


def of_hub() -> Deployment:
    """The settings of the hub in the current folder."""
    return read(hub.HubSettings)


def of_shop() -> Deployment:
    """The settings of the shop in the current folder."""
    return read(Settings)


def sources(settings: Deployment, *, state: str, limit: int) -> list[media.SourceView]:
    """Pictures from elsewhere, those that failed first."""
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            return media.sources(session, state=state, limit=limit)
    finally:
        database.dispose()


def retry(settings: Deployment) -> int:
    """Have everything asked for again that is not here; how many pictures."""
    database = Database(settings.database_url)
    try:
        with database.transaction() as session:
            store = media.PictureStore(settings.media_folder)
            return media.retry(session, store=store, at=datetime.now(UTC).replace(microsecond=0))
    finally:
        database.dispose()


def add(settings: Deployment, product: str, files: list[Path], *, alt: str) -> list[str]:
    """Show pictures of files before those of feeds, all of them or none; their digests.

    Raises PictureFileRefused, UnknownProduct.
    """
    store, made = media.PictureStore(settings.media_folder), [_rendered(file) for file in files]
    for each in made:
        store.keep(each)
    digests = [each.digest for each in made]
    database = Database(settings.database_url)
    try:
        with database.transaction() as session:
            supply.add_pictures(session, product, digests, alt=alt, at=datetime.now(UTC).replace(microsecond=0))
    finally:
        database.dispose()
    return digests


def remove(settings: Deployment, product: str, digest: str) -> None:
    """Show a picture no more that was put there by hand. Raises UnknownProduct, UnknownPicture."""
    database = Database(settings.database_url)
    try:
        with database.transaction() as session:
            supply.remove_picture(session, product, digest)
    finally:
        database.dispose()


def require_own_goods() -> None:
    """Raises SuppliedByHub where the pictures of the shop in the current folder are the hub's."""
    if storefront.load_brand(BRAND).supply.mode == "hub":
        raise storefront.SuppliedByHub


def _rendered(file: Path) -> media.Rendered:
    try:
        return media.render(file.read_bytes())
    except PlatformError as error:
        raise PictureFileRefused(file=file, reason=Phrase(error.message, **error.params)) from error


def tell(found: list[media.SourceView], *, as_json: bool) -> None:
    """A line for each, with what went wrong."""
    if as_json:
        output.say_json([_as_dict(each) for each in found])
        return
    for each in found:
        print(f"{translate(STATES[each.state])}  {each.url}  {each.problem(translate)}".rstrip())
    if not found:
        output.say("No pictures from elsewhere.")


def _as_dict(each: media.SourceView) -> dict[str, object]:
    return {
        "url": each.url,
        "state": each.state,
        "digest": each.digest,
        "attempts": each.attempts,
        "due_at": each.due_at.isoformat(),
        "problem": each.error.code if each.error else "",
        "message": each.problem(str),
    }
