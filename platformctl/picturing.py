"""Pictures from elsewhere: what became of them, and asking again."""

from datetime import UTC, datetime

from platformctl import output
from platformctl.messages import N_, translate
from shared_core import hub, media
from shared_core.kernel.database import Database
from shared_core.kernel.settings import Deployment, Settings, read

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
