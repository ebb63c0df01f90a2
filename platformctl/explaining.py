"""`platformctl explain`: why one earning is what it is."""

from platformctl import output, plan_telling
from platformctl.shop import ShopFolder
from shared_core import members, rewards, storefront
from shared_core.kernel.database import Database
from shared_core.kernel.settings import read_settings


def tell(shop: ShopFolder, code: str, *, locale: str, as_json: bool) -> None:
    """Everything that was kept with the earning, with everybody named. Raises UnknownEarning."""
    who = plan_telling.reader(locale, storefront.load_brand(shop.brand).shop.zone)
    database = Database(read_settings().database_url)
    try:
        with database.reading() as session:
            found = rewards.explain(session, code)
            names = members.names(session, [*rewards.payees([found.earning]), *found.claims.values()])
            if as_json:
                output.say_json({"ok": True} | storefront.explanation_of(found, who).model_dump(mode="json"))
                return
            member_id = found.earning.member_id
            payee = who.say(rewards.TEAM_FUND) if member_id is None else names.get(member_id, "")
            print(f"{code}  {payee}  {who.show(found.earning.net)}")
            plan_telling.tell_chapters(rewards.tell(found, who, names=names), who)
    finally:
        database.dispose()
