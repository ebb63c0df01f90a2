"""outlet: brand goods and no network."""

from tests.presets.conftest import OpenTown


def test_a_link_leads_here_and_pays_nobody(open_town: OpenTown) -> None:
    """Bao follows Mei's link and buys 3 lamps at 100.00. Nobody is bound and nobody earns."""
    town = open_town("outlet")
    mei = town.member("Mei")
    bao = town.member("Bao", by=mei)
    town.completed(bao, {"LAMP": 3})

    assert bao.get("/me/tie")["tie"] is None
    assert (mei.earned(), mei.balance(), bao.balance()) == ([], (0, 0), (0, 0))
    assert mei.get("/me/rank")["next_rank"] is None
    town.books_hold()
