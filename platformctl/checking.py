"""`platformctl check`: what is written wrongly in a shop's folder, before it hurts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, pairwise
from pathlib import Path

import yaml
from sqlalchemy.exc import DBAPIError

import shared_core
from platformctl import proving
from platformctl.answers import QUESTIONS
from platformctl.messages import N_
from platformctl.rendering import rendered
from platformctl.shop import ShopFolder
from shared_core import plan, storefront
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.settings import Settings, review_settings

ANSWERS_FILE = ".copier-answers.yml"
TENANT = "brand/"


def check(shop: ShopFolder, *, locale: str = "en") -> list[Finding]:
    """Everything found in `shop`, the running process standing in its folder.

    Reads files, and the goods and prices in the database where there is one. What rules of law say comes in the words
    of `locale`. It is never an error here: any plan may run for development and as a trial.
    """
    settings = review_settings()
    usable = all(each.severity != "error" for each in settings)
    return [*settings, *_brand_and_plan(shop, locale, database=usable), *_hooks(shop), *_drift(shop)]


def _brand_and_plan(shop: ShopFolder, locale: str, *, database: bool) -> Iterator[Finding]:
    brand = None
    try:
        brand = storefront.load_brand(shop.brand)
        yield from storefront.review_brand(brand, shop.brand)
    except ConfigError as error:
        yield from error.findings
    try:
        versions = plan.load_versions(shop.brand, currency=brand.shop.currency if brand else "CNY")
    except ConfigError as error:
        yield from error.findings
        return
    yield from _lost_ranks(versions)
    if brand is not None:
        today = datetime.now(UTC).astimezone(brand.zone).date()
        not_begun = storefront.publishing.not_begun(versions, today)
        yield from [not_begun] if not_begun else []
        for each in plan.not_past(versions, today):
            yield from storefront.publishing.unbuilt(each)
        yield from _once(_rules_of_law(each, shop.brand, locale) for each in versions)
        if database:
            yield from _goods(shop, brand, plan.not_past(versions, today))


def _lost_ranks(versions: Sequence[plan.Plan]) -> Iterator[Finding]:
    """Ranks that the next version no longer has: whoever holds one stands on its first rung from then on."""
    for former, later in pairwise(versions):
        for rank in former.places.keys() - later.places.keys():
            yield Finding(
                code="rank_lost",
                message=N_("the rank {rank!r} of version {former} is gone: whoever holds it falls to {first!r}."),
                remedy=N_("Keep its id, if it goes on under another name."),
                severity="warning",
                file=later.file,
                key="ranks",
                params={"rank": rank, "former": former.version, "first": later.first_rank},
            )


def _rules_of_law(growth: plan.Plan, brand: Path, locale: str) -> Iterator[Finding]:
    """What the lint says of a version of the plan and of the texts under it, and that it was asked."""
    report = storefront.publishing.review(growth, brand)
    yield from (each.finding(locale) for each in report.findings)
    yield Finding(
        code="rules_of_law",
        message=N_("{headline} Not evaluated: {rules}. The whole report: platformctl plan check"),
        severity="info",
        file=storefront.publishing.shown_file(growth, brand),
        params={
            "headline": report.headline(locale),
            "rules": ", ".join(dict.fromkeys(each.rule.id for each in report.unasked)) or "-",
        },
    )


def _goods(shop: ShopFolder, brand: storefront.BrandConfig, versions: Sequence[plan.Plan]) -> Iterator[Finding]:
    """Where they come from, and their prices under every version of the plan that is in force or to come.

    A database that cannot be reached is for `doctor` to complain about.
    """
    try:
        yield from storefront.review_supply(brand, shop.brand, Settings())
        yield from _once(proving.findings(shop.brand, brand, each, Settings().database_url) for each in versions)
    except (DBAPIError, PlatformError) as error:
        yield Finding(
            code="goods_unproven",
            message=N_("whether goods could be sold at a loss was not looked at: {reason}."),
            severity="info",
            key="SHOP_DATABASE_URL",
            params={"reason": type(error).__name__},
        )


def _once(found: Iterable[Iterable[Finding]]) -> Iterable[Finding]:
    """What is wrong under several versions of the plan is said once."""
    return {each.text(str): each for each in chain.from_iterable(found)}.values()


def _hooks(shop: ShopFolder) -> Iterator[Finding]:
    """brand/hooks.py is run, as it would be at start."""
    try:
        storefront.Hooks.load(shop.brand)
    except ConfigError as error:
        yield from error.findings
    except Exception as error:  # noqa: BLE001 - whatever a partner's own code raises is what we want to tell
        yield Finding(
            code="hooks_fail",
            message=N_("it fails when it is read: {reason}."),
            remedy=N_("The shop cannot start until this is mended."),
            file="brand/hooks.py",
            params={"reason": f"{type(error).__name__}: {error}"},
        )


def _drift(shop: ShopFolder) -> Iterator[Finding]:
    """Platform-owned files that are no longer what the template makes of the shop's answers."""
    answers = _answers(shop.root / ANSWERS_FILE)
    if answers is None:
        yield Finding(
            code="answers_missing",
            message=N_(
                "the file is missing or cannot be read, so an upgrade does not know what this shop was made from."
            ),
            remedy=N_("Bring it back from git: git checkout -- {file}"),
            file=ANSWERS_FILE,
            params={"file": ANSWERS_FILE},
        )
        return
    for name, (fresh, _mode) in rendered(answers, core_version=shared_core.__version__).items():
        if not name.startswith(TENANT):
            yield from _compare(name, fresh, shop.root / name)


def _compare(name: str, fresh: bytes, kept: Path) -> Iterator[Finding]:
    """Line ends do not count: git may have changed them."""
    if not kept.is_file():
        yield Finding(
            code="platform_file_missing",
            message=N_("this file of the platform is missing."),
            remedy=N_("Bring it back from git, or let the next upgrade do so."),
            severity="warning",
            file=name,
        )
    elif kept.read_bytes().splitlines() != fresh.splitlines():
        yield Finding(
            code="platform_file_changed",
            message=N_("this file belongs to the platform and was edited."),
            remedy=N_("An upgrade will try to keep the edit; what is yours is safer in brand/."),
            severity="warning",
            file=name,
        )


def _answers(file: Path) -> dict[str, str] | None:
    try:
        values = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    if not isinstance(values, dict) or not set(QUESTIONS) <= set(values):
        return None
    return {key: str(values[key]) for key in QUESTIONS}
