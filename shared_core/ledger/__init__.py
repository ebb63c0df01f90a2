"""Double-entry books: postings that cannot be unbalanced, booked once per reference, never changed.

Two books live in one ledger, `STORE` and `HUB`, joined only through mirror accounts. Amounts sit in accounts named
by `accounts`; a member's pending, held and available money and a payout in flight are separate accounts.
"""

from shared_core.ledger import accounts
from shared_core.ledger.beancount import export_beancount, export_csv
from shared_core.ledger.journal import (
    AccountChange,
    JournalRow,
    balances_at,
    changes,
    first_change,
    journal,
    movements,
)
from shared_core.ledger.rules import HUB, STORE, Posting, UnknownAccount, entry
from shared_core.ledger.service import (
    HeldTooLittle,
    ReferenceReused,
    StatementLine,
    balance,
    balances,
    hold,
    keep,
    kept_balances,
    lock_accounts,
    misfits,
    owed,
    post,
    posted,
    reverse,
    settle,
    statement,
    trial_balance,
    void,
)

__all__ = [
    "HUB",
    "STORE",
    "AccountChange",
    "HeldTooLittle",
    "JournalRow",
    "Posting",
    "ReferenceReused",
    "StatementLine",
    "UnknownAccount",
    "accounts",
    "balance",
    "balances",
    "balances_at",
    "changes",
    "entry",
    "export_beancount",
    "export_csv",
    "first_change",
    "hold",
    "journal",
    "keep",
    "kept_balances",
    "lock_accounts",
    "misfits",
    "movements",
    "owed",
    "post",
    "posted",
    "reverse",
    "settle",
    "statement",
    "trial_balance",
    "void",
]
