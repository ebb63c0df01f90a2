"""The whole of plan.toml."""

import json
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from shared_core.plan.schema.duties import Agreement, Disclosure, Live, Retention
from shared_core.plan.schema.ladder import Ladder, MetricKey, Rank
from shared_core.plan.schema.network import Binding, Claims, Invites, Join, Role
from shared_core.plan.schema.settling import Funds, Returns, Settlement, Tax
from shared_core.plan.schema.sharing import Caps, Packs, SelfPurchase, ShareRule
from shared_core.plan.schema.terms import Id, Section, Several, Word, Words, currency_in

Jurisdiction = Literal["CN", "US", "EU", "UK", "JP", "MY", "SG"]
Surface = Literal["web", "wechat", "app"]

EVERYBODY = Rank(id="member", name=Words(zh="会员", en="Member"))


class Plan(Section):
    """A partner's compensation plan. Amounts are minor units of `currency`, rates are basis points."""

    name: Id = Field(description="Name of the plan.")
    version: Word = Field(default="1", description="Kept on every earning; give every published change a new one.")
    effective_from: date = Field(
        default=date(2000, 1, 1), description="The day (in the shop's zone) from which orders are placed under it."
    )
    jurisdictions: Several[Jurisdiction] = Field(default=("CN",), description="Where customers and members are.")
    surfaces: Several[Surface] = Field(default=("web",), description="Where the shop appears.")
    join: Join = Field(default=Join(), description="How somebody becomes a member, and what it costs.")
    roles: Several[Role] = Field(default=(), description="What kinds of member there are.")
    binding: Binding = Field(default=Binding(), description="When a visitor becomes somebody's fan, for how long.")
    claims: Claims = Field(default=Claims(), description="Who is the seller when several could claim the sale.")
    invites: Invites = Field(default=Invites(), description="How members invite members.")
    ladder: Ladder = Field(default=Ladder(), description="What holds for all ranks.")
    ranks: Several[Rank] = Field(
        default=(EVERYBODY,), min_length=1, description="The ladder from the lowest rung up. Left out: one rung."
    )
    shares: Several[ShareRule] = Field(default=(), description="Who earns what on one order line.")
    caps: Caps = Field(default=Caps(), description="Limits of what is paid out.")
    self_purchase: SelfPurchase = Field(default=SelfPurchase(), description="When the buyer would earn.")
    packs: Packs = Field(default=Packs(), description="The goods that pack metrics count.")
    returns: Returns = Field(default=Returns(), description="The customer's right to give goods back.")
    settlement: Settlement = Field(default=Settlement(), description="When a share becomes money to take.")
    tax: Tax = Field(default=Tax(), description="What is withheld and reported.")
    funds: Funds = Field(default=Funds(), description="Whose hands customers' money passes through.")
    live: Live = Field(default=Live(), description="Broadcasting inside the shop.")
    retention: Retention = Field(default=Retention(), description="How long records are kept.")
    agreement: Agreement = Field(default=Agreement(), description="The contract with members.")
    disclosure: Disclosure = Field(default=Disclosure(), description="What the shop says openly.")

    _currency: str = PrivateAttr()
    _compiled: object = PrivateAttr(default=None)
    _file: str = PrivateAttr(default="")

    def model_post_init(self, context: Any, /) -> None:
        """Remember the currency the amounts were read in."""
        self._currency = currency_in(context)

    @property
    def currency(self) -> str:
        """The shop's currency, which the plan was read for."""
        return self._currency

    @property
    def compiled(self) -> object:
        """What the plan was compiled to, kept with it; see `table_of`."""
        return self._compiled

    def keep_compiled(self, compiled: object) -> None:
        self._compiled = compiled

    @property
    def file(self) -> str:
        """The file it was read from, "" for a text."""
        return self._file

    def keep_file(self, file: str) -> None:
        self._file = file

    @cached_property
    def whole(self) -> str:
        """Its whole content with what is left at its default, as one text: what is kept beside earnings."""
        return json.dumps({"currency": self.currency, "plan": self.model_dump(mode="json")}, ensure_ascii=False)

    @cached_property
    def canonical(self) -> str:
        """Its content without what is left at its default, as one text; see `versions.canonical`."""
        content = {"currency": self.currency, "plan": self.model_dump(mode="json", exclude_defaults=True)}
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def places(self) -> dict[str, int]:
        """Rank id -> its place on the ladder, 0 for the lowest."""
        return {rank.id: place for place, rank in enumerate(self.ranks)}

    @property
    def first_rank(self) -> str:
        """Where everybody starts."""
        return self.ranks[0].id

    @cached_property
    def metric_keys(self) -> frozenset[MetricKey]:
        """Everything that has to be counted to decide about ranks."""
        return frozenset(criterion.key for rank in self.ranks for criterion in rank.criteria)

    @property
    def withholding(self) -> Literal["none", "cn-labour"]:
        """The tax rule that applies to payouts."""
        if self.tax.withholding == "by_jurisdiction":
            return "cn-labour" if "CN" in self.jurisdictions and self.currency == "CNY" else "none"
        return self.tax.withholding

    def rank(self, rank_id: str) -> Rank:
        """Raises KeyError for a rank the plan does not have."""
        return self.ranks[self.places[rank_id]]
