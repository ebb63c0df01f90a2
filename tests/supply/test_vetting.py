"""Documents are handed in and looked at, terms are agreed to, and a supplier goes no further without."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Invalid
from shared_core.supply import SupplierState, vetting
from shared_core.supply.dropshipping import aboard
from shared_core.supply.vetting import DocumentKind, DocumentState, Requirements, Sector, Standing
from tests.supply.goods import NOON, yuan
from tests.supply.papers import DIGEST, TODAY, ZONE, accepted, hand_in, in_order

LICENCE, BRAND, FOOD = DocumentKind.BUSINESS_LICENCE, DocumentKind.BRAND_AUTHORISATION, DocumentKind.FOOD_PERMIT
S = SupplierState
TOMORROW = TODAY + timedelta(days=1)


def apply(database: Database, code: str = "acme") -> None:
    with database.transaction() as session:
        supply.apply_supplier(session, code=code, name=code, freight=yuan(0), actor="ann", reason="wrote", at=NOON)


def move(database: Database, to: SupplierState, *, days: int = 0) -> None:
    at = NOON + timedelta(days=days)
    with database.transaction() as session:
        supply.move_supplier(session, supplier="acme", to=to, actor="ann", reason="well", zone=ZONE, at=at)


def state(database: Database) -> SupplierState:
    with database.reading() as session:
        return supply.supplier_state(session, supplier="acme")


def publish(database: Database, words: str = "Pay in 30 days.", *, days: int = 7, said_on: int = 0) -> str:
    at = NOON + timedelta(days=said_on)
    with database.transaction() as session:
        until = at.date() + timedelta(days=days)
        return vetting.terms.publish(session, words, accept_by=until, actor="ann", today=at.date(), at=at)


def agree(database: Database, digest: str, supplier: str = "acme") -> None:
    with database.transaction() as session:
        vetting.terms.agree(session, supplier, digest, actor="wang", at=NOON)


def standing(database: Database, kind: DocumentKind = LICENCE, *, days: int = 0) -> Standing:
    with database.reading() as session:
        return vetting.documents.standings_of(session, "acme", today=TODAY + timedelta(days=days))[kind]


def sampled(database: Database) -> None:
    """All of the way but the last step, with documents that are good until tomorrow."""
    apply(database)
    in_order(database, "acme", until=TOMORROW)
    with database.transaction() as session:
        variant = supply.VariantSpec("A", cost=yuan(1), supply_price=yuan(2), suggested=yuan(3))
        supply.put_product(
            session, supply.ProductSpec(code="p", title="P", variants=(variant,)), supplier="acme", at=NOON
        )
    for step in (S.DOCUMENTS, S.TERMS, S.FIRST_FEED, S.SAMPLE_ORDER):
        move(database, step)


# --- documents ------------------------------------------------------------------------------------------------------


def nothing_lacks(database: Database) -> None:
    """The papers count as there once each that is asked for was accepted, and not before."""
    apply(database)
    with pytest.raises(vetting.SectorsUndeclared):
        move(database, S.DOCUMENTS)
    with database.transaction() as session:
        vetting.requirements.declare_own(session, "acme", {Sector.FOOD}, actor="wang", at=NOON)
        accepted(session, "acme", LICENCE)
        refused = hand_in(session, "acme", BRAND)
        vetting.documents.refuse(session, "acme", refused, reason="not yours", actor="ann", at=NOON)
        hand_in(session, "acme", FOOD)
    with pytest.raises(vetting.DocumentsLacking) as lacking:
        move(database, S.DOCUMENTS)
    said = "Trademark or brand authorisation (turned down), Food permit (not looked at yet)"
    assert said in str(lacking.value) and state(database) is S.APPLIED
    with database.transaction() as session:
        accepted(session, "acme", BRAND)
        waits = vetting.documents.waiting(session)
        vetting.documents.accept(session, "acme", waits[0][1].id, actor="ann", today=TODAY, at=NOON)
    move(database, S.DOCUMENTS)
    assert state(database) is S.DOCUMENTS


def test_no_application_goes_on_while_a_document_lacks(database: Database) -> None:
    nothing_lacks(database)


def nobody_goes_live_with_an_expired_one(database: Database) -> None:
    """The permit that was good when it was looked at is over when its owner wants to sell."""
    sampled(database)
    with pytest.raises(vetting.DocumentsLacking) as lacking:
        move(database, S.LIVE, days=2)
    assert "Business licence (expired)" in str(lacking.value) and state(database) is S.SAMPLE_ORDER
    move(database, S.LIVE, days=1)
    assert state(database) is S.LIVE
    move(database, S.SUSPENDED, days=2)
    with pytest.raises(vetting.DocumentsLacking):
        move(database, S.LIVE, days=2)


def test_nobody_goes_live_with_an_expired_document(database: Database) -> None:
    nobody_goes_live_with_an_expired_one(database)


def test_who_is_live_stays_so_and_is_warned(database: Database) -> None:
    sampled(database)
    move(database, S.LIVE)
    assert [standing(database, days=days) for days in (0, 1, 2)] == [
        Standing.EXPIRING,
        Standing.EXPIRING,
        Standing.EXPIRED,
    ]
    assert state(database) is S.LIVE


def test_a_document_that_waits_is_replaced_and_the_same_again_is_nothing(database: Database) -> None:
    apply(database)
    with database.transaction() as session:
        first = hand_in(session, "acme", number="1")
        assert hand_in(session, "acme", number="1") == first
        second = hand_in(session, "acme", number="2")
        found = vetting.documents.documents(session, "acme")
        assert [(each.id, each.state) for each in found] == [
            (first, DocumentState.REPLACED),
            (second, DocumentState.WAITING),
        ]
        with pytest.raises(vetting.DocumentDecided):
            vetting.documents.accept(session, "acme", first, actor="ann", today=TODAY, at=NOON)


def test_many_at_once_leave_one_that_waits(database: Database) -> None:
    apply(database)

    def one_more(number: int) -> None:
        with database.transaction() as session:
            hand_in(session, "acme", number=str(number))

    with ThreadPoolExecutor(6) as several:
        list(several.map(one_more, range(12)))
    with database.reading() as session:
        states = [each.state for each in vetting.documents.documents(session, "acme")]
    assert states == [DocumentState.REPLACED] * 11 + [DocumentState.WAITING]


def test_who_decided_what_and_why_is_kept_and_a_word_can_be_taken_back(database: Database) -> None:
    apply(database)
    with database.transaction() as session:
        document = hand_in(session, "acme")
        for _ in range(2):
            vetting.documents.accept(session, "acme", document, actor="ann", today=TODAY, at=NOON)
        for _ in range(2):
            vetting.documents.refuse(session, "acme", document, reason=" withdrawn ", actor="bo", at=NOON)
        told = vetting.documents.one(session, "acme", document)
        assert hand_in(session, "acme") != document  # what was refused may be handed in again
    assert [(each.state, each.reason, each.actor) for each in told.decisions] == [
        (DocumentState.ACCEPTED, "", "ann"),
        (DocumentState.REFUSED, "withdrawn", "bo"),
    ]
    assert (told.actor, told.digest) == ("wang", DIGEST)


def a_document_is_its_owners(database: Database) -> None:
    """Nobody reaches a document by the name of another supplier."""
    apply(database)
    apply(database, "bestco")
    with database.transaction() as session:
        document = hand_in(session, "acme")
    reach: list[Callable[..., object]] = [
        lambda session: vetting.documents.one(session, "bestco", document),
        lambda session: vetting.documents.accept(session, "bestco", document, actor="x", today=TODAY, at=NOON),
        lambda session: vetting.documents.refuse(session, "bestco", document, reason="x", actor="x", at=NOON),
    ]
    for each in reach:
        with pytest.raises(vetting.UnknownDocument), database.transaction() as session:
            each(session)
    with database.reading() as session:
        assert vetting.documents.documents(session, "bestco") == []
        assert vetting.documents.one(session, "acme", document).state is DocumentState.WAITING


def test_a_document_is_reached_by_its_owner_alone(database: Database) -> None:
    a_document_is_its_owners(database)


def test_what_cannot_be_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(database)
    monkeypatch.setattr(vetting.documents, "DOCUMENTS_PER_DAY_MAX", 1)
    with database.transaction() as session:
        for number in ("", " ", "9" * 101):
            with pytest.raises(vetting.BadDocument):
                hand_in(session, "acme", number=number)
        with pytest.raises(vetting.DocumentExpired):
            hand_in(session, "acme", until=TODAY - timedelta(days=1))
        for reach in (hand_in, vetting.documents.documents, vetting.requirements.declared, vetting.terms.acceptances):
            with pytest.raises(supply.UnknownSupplier):
                reach(session, "nobody")
        document = hand_in(session, "acme", until=TODAY)
        with pytest.raises(vetting.TooManyDocuments):
            hand_in(session, "acme", FOOD)
        hand_in(session, "acme", FOOD, at=NOON + timedelta(days=1))
        with pytest.raises(Invalid):
            vetting.documents.refuse(session, "acme", document, reason=" ", actor="ann", at=NOON)
        with pytest.raises(vetting.DocumentExpired):
            vetting.documents.accept(session, "acme", document, actor="ann", today=TOMORROW, at=NOON)


def test_the_hub_decides_what_is_asked_and_who_sells_what(database: Database) -> None:
    apply(database)
    with database.transaction() as session:
        nothing = Requirements({}, 5)
        vetting.requirements.require(session, nothing, actor="ann", at=NOON)
        assert vetting.requirements.requirements(session) == nothing
        with pytest.raises(vetting.BadRequirements):
            vetting.requirements.require(session, Requirements({}, 367), actor="ann", at=NOON)
    move(database, S.DOCUMENTS)
    with database.transaction() as session:
        vetting.requirements.declare_own(session, "acme", {Sector.COSMETICS}, actor="wang", at=NOON)
        with pytest.raises(vetting.DeclarationClosed):
            vetting.requirements.declare_own(session, "acme", (), actor="wang", at=NOON)
        vetting.requirements.declare(session, "acme", {Sector.FOOD}, actor="ann", at=NOON)
        vetting.requirements.require(session, Requirements({FOOD: frozenset({Sector.FOOD})}), actor="ann", at=NOON)
        assert vetting.documents.standings_of_all(session, today=TODAY) == {"acme": {FOOD: Standing.MISSING}}


# --- terms ----------------------------------------------------------------------------------------------------------


def terms_are_agreed_first(database: Database) -> None:
    """The step of the terms is taken once exactly the present ones were accepted."""
    apply(database)
    in_order(database, "acme")
    move(database, S.DOCUMENTS)
    old, new = publish(database, "Pay in 60 days."), publish(database)
    with pytest.raises(vetting.TermsNotAccepted):
        move(database, S.TERMS)
    with pytest.raises(vetting.TermsChanged):
        agree(database, old)
    for _ in range(2):
        agree(database, new)
    move(database, S.TERMS)
    with database.reading() as session:
        [kept] = vetting.terms.acceptances(session, "acme")
    assert (kept.digest, kept.actor, kept.at) == (new, "wang", NOON) and state(database) is S.TERMS


def test_terms_are_agreed_before_that_step_is_taken(database: Database) -> None:
    terms_are_agreed_first(database)


def new_terms_stop_who_lets_them_pass(database: Database) -> None:
    """Selling goes on until the end of the day that was given, and not a day longer."""
    sampled(database)
    move(database, S.LIVE)
    digest = publish(database, days=1)

    def days_later(days: int) -> int:
        with database.transaction() as session:
            return supply.suspend_unagreed(session, zone=ZONE, at=NOON + timedelta(days=days))

    assert [days_later(0), days_later(1)] == [0, 0] and state(database) is S.LIVE
    assert [days_later(2), days_later(2)] == [1, 0] and state(database) is S.SUSPENDED
    in_order(database, "acme", at=NOON)
    with pytest.raises(vetting.TermsNotAccepted):
        move(database, S.LIVE, days=2)
    agree(database, digest)
    move(database, S.LIVE, days=2)
    assert days_later(3) == 0 and state(database) is S.LIVE


def test_new_terms_are_accepted_in_time_or_selling_ends(database: Database) -> None:
    new_terms_stop_who_lets_them_pass(database)


def test_the_same_terms_again_are_nothing_new_and_another_day_moves_the_day(database: Database) -> None:
    apply(database)
    digest = publish(database)
    agree(database, digest)
    assert publish(database, "  Pay in 30 days.\r\n") == digest and publish(database, days=9) == digest
    with database.reading() as session:
        assert len(vetting.terms.versions(session)) == 2 and vetting.terms.accepted(session, "acme", digest)
        assert vetting.terms.version(session, digest).accept_by == TODAY + timedelta(days=9)
        with pytest.raises(vetting.NoTerms):
            vetting.terms.version(session, "0" * 64)
    for wrong, words, days in ((vetting.BadTerms, " \n", 1), (vetting.TermsTooSoon, "x", -1)):
        with pytest.raises(wrong):
            publish(database, words, days=days)


def test_without_terms_in_writing_nobody_can_agree_and_nobody_has_to(database: Database) -> None:
    apply(database)
    in_order(database, "acme")
    with pytest.raises(vetting.NoTerms):
        agree(database, "0" * 64)
    move(database, S.DOCUMENTS)
    move(database, S.TERMS)


# --- planted bugs ---------------------------------------------------------------------------------------------------


def steps_do_not_ask(planted: pytest.MonkeyPatch) -> None:
    """Whatever lacks, a supplier goes on."""
    planted.setattr(aboard, "_check", lambda *given, **named: None)


def anybodys_document_is_found(planted: pytest.MonkeyPatch) -> None:
    """A document is looked up by its number alone."""

    def found(session: object, supplier: str, document: int) -> object:
        return session.get(vetting.vetting_models.SupplierDocument, document)  # type: ignore[attr-defined]

    planted.setattr(vetting.documents, "_own", found)


def the_day_is_not_looked_at(planted: pytest.MonkeyPatch) -> None:
    """New terms suspend everybody at once."""
    planted.setattr(aboard, "today", lambda at, zone: TODAY + timedelta(days=999))


def any_terms_do(planted: pytest.MonkeyPatch) -> None:
    """Who accepted some terms accepted all."""
    planted.setattr(vetting.terms, "accepted", lambda session, supplier, digest: True)


@pytest.mark.parametrize(
    ("bug", "killer"),
    [
        (steps_do_not_ask, nothing_lacks),
        (steps_do_not_ask, nobody_goes_live_with_an_expired_one),
        (anybodys_document_is_found, a_document_is_its_owners),
        (the_day_is_not_looked_at, new_terms_stop_who_lets_them_pass),
        (any_terms_do, terms_are_agreed_first),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None],
    killer: Callable[[Database], None],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception, vetting.DocumentsLacking)):
        killer(database)
