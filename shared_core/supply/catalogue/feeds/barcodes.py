"""Check digits of the codes that scanners read: EAN-8, UPC-A, EAN-13 and GTIN-14."""

LENGTHS = (8, 12, 13, 14)


def check_digit(digits: str) -> int:
    """The last digit of a code that begins with these: weights 3, 1, 3 … from the right (GS1)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def is_wrong(barcode: str) -> bool:
    """Whether it looks like an EAN or UPC, being all digits, and is none. What has letters is another kind of code."""
    if not (barcode.isascii() and barcode.isdecimal()):
        return False
    return len(barcode) not in LENGTHS or check_digit(barcode[:-1]) != int(barcode[-1])
