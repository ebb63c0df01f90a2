"""What is withheld from a payout: pure, versioned rules. Amounts in minor units of the rule's currency."""

from collections.abc import Callable
from dataclasses import dataclass

from shared_core.kernel.money import BPS_WHOLE

FEN = 100
CN_LABOUR_VERSION = "cn-labour-2019"


@dataclass(frozen=True, slots=True)
class Earlier:
    """Paid out to the same person earlier in the same calendar month, and what was withheld of it."""

    gross_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class Withholding:
    """`tax_minor` goes to `authority`; `basis_minor` is the month's taxable amount; `rule` the version of the rule."""

    tax_minor: int
    basis_minor: int
    rule: str
    authority: str


Rule = Callable[[int, Earlier], Withholding]


def withhold(rule: str, gross_minor: int, earlier: Earlier) -> Withholding:
    """What to withhold of a payout of `gross_minor` under the plan's `rule`; between 0 and the payout."""
    return RULES[rule](gross_minor, earlier)


def _none(_gross_minor: int, _earlier: Earlier) -> Withholding:
    return Withholding(0, 0, "none", "none")


def _cn_labour(gross_minor: int, earlier: Earlier) -> Withholding:
    """Remuneration for labour, withheld in advance by an ordinary payer in the PRC.

    Income of a continuing kind within one month is one income, so the rule is applied to the month's sum and what was
    withheld before is taken off. Up to 4,000 yuan 800 are free, above it a fifth; the rest bears 20 %, above 20,000
    30 % less 2,000, above 50,000 40 % less 7,000. Source: STA announcement 61 of 2018; not legal advice.
    """
    month = gross_minor + earlier.gross_minor
    basis = _cn_labour_basis(month)
    due = _cn_labour_tax(basis) - earlier.tax_minor
    return Withholding(min(max(due, 0), gross_minor), basis, CN_LABOUR_VERSION, "cn")


def _cn_labour_basis(month_minor: int) -> int:
    if month_minor <= 4_000 * FEN:
        return max(month_minor - 800 * FEN, 0)
    return _rounded(month_minor, 8_000)


def _cn_labour_tax(basis_minor: int) -> int:
    if basis_minor <= 20_000 * FEN:
        return _rounded(basis_minor, 2_000)
    if basis_minor <= 50_000 * FEN:
        return _rounded(basis_minor, 3_000) - 2_000 * FEN
    return _rounded(basis_minor, 4_000) - 7_000 * FEN


def _rounded(minor: int, bps: int) -> int:
    """A part rounded to the nearest fen, halves up."""
    return (2 * minor * bps + BPS_WHOLE) // (2 * BPS_WHOLE)


RULES: dict[str, Rule] = {"none": _none, "cn-labour": _cn_labour}
