"""What the API's bodies share. Inputs are strict: no unknown field, no number for a text, no truth for a number."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared_core import supply
from shared_core.kernel import money

SKU_LENGTH_MAX = 64
NOTE_LENGTH_MAX = 500

Sku = Annotated[str, Field(min_length=1, max_length=SKU_LENGTH_MAX, examples=["LAMP-S"])]
Quantity = Annotated[int, Field(ge=1, le=999, examples=[2])]
OrderNumber = Annotated[str, Field(min_length=4, max_length=24, pattern=r"^[0-9A-Z]+$", examples=["7K3M9Q2XPA"])]


class Input(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Output(BaseModel):
    model_config = ConfigDict(frozen=True)


class Money(Output):
    """`minor` counts the currency's smallest unit; `amount` is the same as decimal text."""

    minor: Annotated[int, Field(examples=[12900])]
    currency: Annotated[str, Field(examples=["CNY"])]
    amount: Annotated[str, Field(examples=["129.00"])]

    @classmethod
    def of(cls, value: money.Money) -> "Money":
        return cls(minor=value.minor, currency=value.currency, amount=money.decimal_text(value))

    @classmethod
    def of_minor(cls, minor: int, currency: str) -> "Money":
        return cls.of(money.Money(minor, currency))


class MoneyInput(Input):
    """An amount in the smallest unit of its currency."""

    minor: Annotated[int, Field(ge=0, le=money.MINOR_MAX, examples=[12900])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]

    def value(self) -> money.Money:
        return money.Money(self.minor, self.currency)


class Line(Input):
    """How many pieces of a SKU."""

    sku: Sku
    quantity: Quantity


class Address(Input):
    """Where goods go."""

    name: Annotated[str, Field(min_length=1, max_length=80, examples=["王小明"])]
    phone: Annotated[str, Field(min_length=3, max_length=30, examples=["13800138000"])]
    street: Annotated[str, Field(min_length=1, max_length=200, examples=["南京东路 100 号"])]
    city: Annotated[str, Field(min_length=1, max_length=80, examples=["上海"])]
    region: Annotated[str, Field(max_length=80)] = ""
    district: Annotated[str, Field(max_length=80)] = ""
    postcode: Annotated[str, Field(max_length=16)] = ""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "CN"

    def value(self) -> supply.Address:
        return supply.Address(**self.model_dump())


class Done(Output):
    """It is done; there is nothing more to say."""

    ok: bool = True


class Step(Output):
    """A state that was reached."""

    state: str
    at: datetime
