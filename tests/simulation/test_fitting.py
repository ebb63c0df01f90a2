"""A population fitted to an order history has the habits of its customers."""

from datetime import date, timedelta

import numpy as np
import pytest

from shared_core.plan.simulation import Bought, Population, PopulationUnusable, draw, fit

START = date(2026, 1, 1)


def bought(order: int, day: int, customer: int, sku: str = "a", *, quantity: int = 1, unit: int = 1_000) -> Bought:
    return Bought(f"o{order}", START + timedelta(days=day), f"c{customer}", sku, quantity, unit)


def test_what_is_fitted_is_what_the_history_says():
    """Ten customers order twice, 30 days apart; every order holds two pieces of a and one of b."""
    lines = [
        bought(2 * customer + turn, 30 * turn, customer, sku, quantity=2 if sku == "a" else 1, unit=unit)
        for customer in range(10)
        for turn in range(2)
        for sku, unit in (("a", 1_000), ("b", 5_000))
    ]
    fitted = fit(lines, Population(members=70), returned_lines=10, margin_bps=3_000)
    assert (fitted.members, fitted.repeat_bps, fitted.second_line_bps, fitted.refund_bps) == (70, 5_000, 10_000, 2_000)
    assert set(fitted.gap_days) == {30}
    assert sorted(fitted.quantities) == [1] * 5 + [2] * 5
    assert [(each.sku, each.price, each.supply, each.weight) for each in fitted.assortment] == [
        ("a", 1_000, 700, 20),
        ("b", 5_000, 3_500, 20),
    ]


def test_a_fitted_population_does_as_the_one_it_was_fitted_to():
    """Habits that were put in come out of the history that was drawn, and out of the fit."""
    real = Population(
        members=3_000, months=24, conversion_bps=10_000, repeat_bps=5_000, gap_days=(2, 4, 6), growth_bps=0
    )
    history = draw(real, seed=3)
    which = history.lines["order"]
    buyers, days = history.orders["buyer"][which], history.orders["day"][which]
    lines = [
        bought(int(order), int(day), int(buyer), f"s{article}", quantity=int(pieces))
        for order, day, buyer, article, pieces in zip(
            which, days, buyers, history.lines["article"], history.lines["quantity"], strict=True
        )
    ]
    fitted = fit(lines, Population())
    assert abs(fitted.repeat_bps - 5_000) < 300
    assert np.mean(fitted.gap_days) == pytest.approx(4, abs=0.5)
    assert abs(fitted.second_line_bps - real.second_line_bps) < 500
    assert fitted.refund_bps == Population().refund_bps


def test_too_few_orders_tell_nothing():
    with pytest.raises(PopulationUnusable):
        fit([bought(order, 0, order) for order in range(9)], Population())
