"""The address form guesses the country, so that most customers need not look for it in a long list."""

import pytest

from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.pages.addresses import home_country


@pytest.mark.parametrize(
    ("locale", "currency", "expected"),
    [
        ("zh-CN", "CNY", "CN"),
        ("de-DE", "EUR", "DE"),
        ("en", "USD", "US"),
        ("zh-CN", "JPY", "JP"),
        ("en-GB", "MYR", "MY"),
    ],
)
def test_the_country_is_one_where_people_pay_in_the_shops_currency(locale: str, currency: str, expected: str) -> None:
    brand = BrandConfig.model_validate({"shop": {"name": "Lamplight", "locale": locale, "currency": currency}})
    assert home_country(brand) == expected
