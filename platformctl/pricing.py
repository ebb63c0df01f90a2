"""Price lists of the hub in the current folder."""

from collections import Counter
from pathlib import Path

from sqlalchemy.orm import Session

from platformctl.importing import Outcome, transact
from platformctl.messages import translate
from shared_core import hub, supply
from shared_core.kernel.database import Database
from shared_core.kernel.settings import read


def put(tier: str, file: Path, *, dry_run: bool) -> Outcome:
    """Take the list in; its storefronts hear of it. Raises FileUnreadable, BadTier."""
    database = Database(read(hub.HubSettings).database_url)
    try:

        def take_in(session: Session) -> supply.PriceListReport:
            return supply.put_prices(session, file, tier=tier)

        report: supply.PriceListReport = transact(database, take_in, dry_run=dry_run)
    finally:
        database.dispose()
    counts = {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "refused": len(report.rejected),
    }
    reasons = Counter(each.reason for each in report.rejected)
    counts |= {f"refused_{reason}": count for reason, count in reasons.most_common()}
    return Outcome(counts, [(each.line, each.text(translate)) for each in report.rejected], dry_run)
