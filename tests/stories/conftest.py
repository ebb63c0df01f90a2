"""Shops for the stories. What is slow to make is made once for each kind of shop and copied for each story."""

import dataclasses
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.databases import Databases, PostgresDatabases
from tests.stories.driver import StoryShop, platformctl, succeeded

GOODS = """\
product,title,brand,category,sku,price,cost,supply_price,quantity
lamp,Desk lamp,Acme,Home,LAMP,129.00,60,72,40
cup,Cup,Acme,Home,CUP,19.90,8,9.90,10
bowl,Bowl,Acme,Home,BOWL,25.00,10,12,1
tea,Green tea,Birch,Tea,TEA,33.30,18,20,200
"""


@dataclass(frozen=True)
class Kind:
    """What shops are made from: answers for `platformctl new`, and a feed of goods of one supplier."""

    answers: tuple[str, ...] = ("name=Paper Lantern", "primary=#1f5f4a", "currency=CNY", "shipping.flat=10.00")
    preset: str = "participants"
    goods: str = GOODS


@dataclass
class Workshop:
    """Makes shops by the command line."""

    folder: Path
    databases: Databases
    kept: ExitStack
    _made: dict[Kind, StoryShop] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)

    @contextmanager
    def shop(self, kind: Kind = Kind()) -> Iterator[StoryShop]:
        """A shop of this kind with its goods and its owner, and nothing else in it."""
        if kind not in self._made:
            self._made[kind] = self._make(kind)
        first = self._made[kind]
        folder = self.place() / "shop"
        shutil.copytree(first.folder, folder)
        with self._copied(first.url) as url:
            yield StoryShop(folder, url, first.cache, first.owner)

    @contextmanager
    def bare(self, *answers: str, preset: str = "participants") -> Iterator[StoryShop]:
        """A shop with nothing in it, whose database is empty."""
        with self.databases.empty() as url:
            yield self._new(answers, preset, url)

    def _make(self, kind: Kind) -> StoryShop:
        shop = self._new(kind.answers, kind.preset, self.kept.enter_context(self.databases.empty()))
        shop.ctl("migrate")
        [owner] = [each for each in shop.told("seed")["log_ins"] if each["role"] == "owner"]
        feed = shop.folder.parent / "goods.csv"
        feed.write_text(kind.goods, "utf-8")
        assert shop.told("import", "products", feed, "--supplier", "acme")["refused"] == []
        return dataclasses.replace(shop, owner=(owner["login"], owner["password"]))

    def _new(self, answers: tuple[str, ...], preset: str, url: str) -> StoryShop:
        shop = StoryShop(self.place() / "shop", url, self.folder / "cache")
        settings = [part for each in ("locale=en", *answers) for part in ("--set", each)]
        succeeded(
            platformctl(self.folder, shop.environment, "new", shop.folder, "--yes", "--preset", preset, *settings)
        )
        return shop

    def place(self) -> Path:
        place = self.folder / f"place-{next(self._numbers)}"
        place.mkdir()
        return place

    @contextmanager
    def _copied(self, url: str) -> Iterator[str]:
        """A copy of a database to which nobody is connected."""
        name = str(make_url(url).database)
        if isinstance(self.databases, PostgresDatabases):
            with self.databases.copy(name) as copy:
                yield copy
            return
        assert not Path(name + "-wal").exists(), "somebody still has the database open"
        with self.databases.empty() as copy:
            shutil.copyfile(name, str(make_url(copy).database))
            yield copy


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Workshop]:
    with ExitStack() as kept:
        yield Workshop(tmp_path_factory.mktemp("stories"), databases, kept)


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[StoryShop]:
    """A shop of the default preset, in yuan."""
    with workshop.shop() as made:
        yield made
