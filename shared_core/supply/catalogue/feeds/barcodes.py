"""Codes that scanners read: EAN-8, UPC-A, EAN-13 and GTIN-14, and the numbers of books.

They are kept as digits alone, as many as they have, a book's as the EAN-13 that is printed on it.
"""

import re

LENGTHS = (8, 12, 13, 14)
BOOK_PREFIXES = ("978", "979")
_ISBN_10 = re.compile(r"[0-9]{9}[0-9X]")
_BETWEEN = re.compile(r"[\s\u2010-\u2015-]+")
_DIGITS = re.compile(r"[0-9]+")


def check_digit(digits: str) -> int:
    """The last digit of a code that begins with these: weights 3, 1, 3 … from the right (GS1)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def normalised(barcode: str) -> str:
    """As it is kept: without blanks and hyphens where it is a number, an ISBN-10 as the EAN-13 of the book.

    An ISBN-10 is known by its hyphens or its X. What has letters is another kind of code, and stays as it is written.
    Doing it twice changes nothing.
    """
    bare = _BETWEEN.sub("", barcode).upper()
    parted = bare != barcode or bare.endswith("X")  # of bare numbers of ten digits one in eleven would pass for a book
    if parted and _ISBN_10.fullmatch(bare) and _isbn_10_fits(bare):
        body = BOOK_PREFIXES[0] + bare[:9]
        return f"{body}{check_digit(body)}"
    return bare if _DIGITS.fullmatch(bare) else barcode


def is_wrong(barcode: str) -> bool:
    """Whether a normalised code looks like an EAN or UPC, being all digits, and is none."""
    if not _DIGITS.fullmatch(barcode):
        return False
    return len(barcode) not in LENGTHS or check_digit(barcode[:-1]) != int(barcode[-1])


def is_book(barcode: str) -> bool:
    """Whether a normalised code is the number of a book (ISBN)."""
    return len(barcode) == 13 and barcode.startswith(BOOK_PREFIXES) and not is_wrong(barcode)


def _isbn_10_fits(isbn: str) -> bool:
    digits = [10 if digit == "X" else int(digit) for digit in isbn]
    return sum(digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0
