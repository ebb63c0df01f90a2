"""Append-only books. No booking is ever updated or deleted; a mistake is answered by a reversal."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId


class Account(Base):
    """A place money is: one row per book, address and currency, made when it is first used."""

    __tablename__ = "ledger_account"
    __table_args__ = (UniqueConstraint("book", "address", "currency"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    book: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(120))
    currency: Mapped[str] = mapped_column(String(3))


class Transaction(Base):
    """Postings booked together under one reference."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (UniqueConstraint("book", "reference"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    book: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(160))
    content_hash: Mapped[str] = mapped_column(String(64))
    memo: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]


class PostingRow(Base):
    """One posting of a transaction, amounts in minor units of the accounts' currency."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="moves_something"),
        CheckConstraint("source_id <> destination_id", name="two_ends"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("ledger_transaction.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class RunningBalance(Base):
    """What the postings of an account add up to, debits positive, for accounts that are asked often (I8)."""

    __tablename__ = "ledger_running_balance"

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True, autoincrement=False)
    balance_minor: Mapped[int] = mapped_column(BigInteger)
