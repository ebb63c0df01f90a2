"""Tables of documents and terms. Nothing is ever changed but a document's state, and that has rows of its own."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import TEXT_LENGTH_MAX, Supplier
from shared_core.supply.tenancy.tenant_models import ACTOR_LENGTH_MAX

NUMBER_LENGTH_MAX = 100


class DocumentRules(Base):
    """What is asked of suppliers from then on: the last row counts. `asked_of`: sectors by kind."""

    __tablename__ = "supply_document_rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    asked_of: Mapped[dict[str, Any]] = mapped_column(JSON)
    warn_days: Mapped[int]
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]


class SupplierDeclaration(Base):
    """In which sectors a supplier sells: the last row counts; without one nobody has said."""

    __tablename__ = "supply_declaration"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), index=True)
    sectors: Mapped[list[str]] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]


class SupplierDocument(Base):
    """A document that was handed in; its file is kept by `digest`. One of a kind waits at a time."""

    __tablename__ = "supply_document"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'replaced')", name="state_known"),
        Index(
            "uq_supply_document_waiting",
            "supplier_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX))
    valid_until: Mapped[date | None]
    digest: Mapped[str] = mapped_column(String(64))
    suffix: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]


class DocumentDecision(Base):
    """What somebody of the hub said of a document; the last one counts."""

    __tablename__ = "supply_document_decision"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey(SupplierDocument.id), index=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]


class SupplierTerms(Base):
    """The terms of all suppliers from then on: the last row counts. `accept_by`: until when one may sell without."""

    __tablename__ = "supply_supplier_terms"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(Text)
    accept_by: Mapped[date]
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]


class TermsAcceptance(Base):
    """Somebody of a supplier agreed to exactly the terms with this digest."""

    __tablename__ = "supply_terms_acceptance"
    __table_args__ = (UniqueConstraint("supplier_id", "digest"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id))
    digest: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]
