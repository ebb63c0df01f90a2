"""The examples run as they stand, and say what the documents say they do."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def output(name: str) -> str:
    run = subprocess.run([sys.executable, str(EXAMPLES / name)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_first_sale_ends_in_two_books_that_sum_to_zero() -> None:
    said = output("first_sale.py")

    assert said.count("  sum                                           0\n") == 2
    assert "liabilities:member:1:available            -8.90 CNY" in said


def test_two_shops_sell_from_one_stock_and_never_more_than_there_is() -> None:
    assert output("two_shops_one_supply.py").splitlines() == [
        "spring sells 2 for 128.00 CNY",
        "autumn sells Only 1 of SCARF are left.",
        "autumn sells 1 for 88.00 CNY",
        "the supply: 0 free, 3 held of 3",
    ]
