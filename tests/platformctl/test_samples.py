"""Sample goods carry prices that a shop would write on a label, in every currency."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from platformctl import sample_goods


@pytest.mark.parametrize(("currency", "unit"), [("CNY", 100), ("USD", 100), ("JPY", 1), ("KWD", 1000)])
def test_sample_prices_are_round_and_above_what_the_goods_cost(
    session: Session, at: datetime, currency: str, unit: int
) -> None:
    sample_goods.plant(session, chinese=False, currency=currency, at=at)
    prices = session.execute(text("SELECT suggested_minor, supply_price_minor FROM supply_variant")).all()
    assert prices
    assert [price for price, _ in prices if price >= 20 * unit and price % unit] == []
    assert [price for price, _ in prices if price % max(1, unit // 10)] == []
    assert all(price > cost > 0 for price, cost in prices)
