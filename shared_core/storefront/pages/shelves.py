"""Ways through the goods: categories and brands to choose from, and the way back up."""

from dataclasses import dataclass
from urllib.parse import urlencode

from shared_core import catalog

BRANDS_SHOWN = 24
"""The largest ones; others are found by searching."""


@dataclass(frozen=True)
class Way:
    """A link to some of the goods; `count` is how many there are, None where that is not told."""

    name: str
    url: str
    count: int | None = None
    current: bool = False

    def __str__(self) -> str:
        """Its name: templates of partners may show it as it is."""
        return self.name


def address(**chosen: str) -> str:
    """The goods that are chosen so; what is empty does not matter."""
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"/products?{query}" if query else "/products"


def trail(path: str) -> list[Way]:
    """The categories that hold this one, the widest first, and itself."""
    return [Way(name(each), address(category=each)) for each in catalog.ancestors(path)]


def categories(found: catalog.Shelves, *, brand: str = "") -> list[Way]:
    """The categories below; of a brand, if one is chosen."""
    return [Way(name(path), address(category=path, brand=brand), n) for path, n in found.categories.items()]


def brands(found: catalog.Shelves, *, brand: str = "") -> list[Way]:
    """The brands of a category, by name; choosing the chosen one again lets go of it."""
    largest = sorted(found.brands, key=lambda each: (each != brand, -found.brands[each], each))[:BRANDS_SHOWN]
    return [
        Way(each, address(category=found.here, brand="" if each == brand else each), found.brands[each], each == brand)
        for each in sorted(largest)
    ]


def name(path: str) -> str:
    """What a category itself is called."""
    return path.rpartition(catalog.PATH_MARK)[2]
