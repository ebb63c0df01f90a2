"""Facts the law asks for: live rooms, record keeping, the agreement with members, what is disclosed."""

from pydantic import Field

from shared_core.plan.schema.terms import Age, Days, Section, Several, Word


class Live(Section):
    """Broadcasting inside the shop."""

    enabled: bool = Field(default=False, description="The shop has live rooms.")
    host_min_age: Age = Field(default=18, description="Nobody younger broadcasts.")
    guardian_consent_below: Age = Field(default=18, description="Younger hosts need a guardian's consent.")
    verify_host: bool = Field(default=True, description="Hosts are verified persons.")
    record_days: Days = Field(default=1_095, description="How long broadcasts and their records are kept.")
    simulated_viewers: bool = Field(default=False, description="Shows viewers or likes that do not exist. Unlawful.")


class Retention(Section):
    """How long records are kept."""

    trade_days: Days = Field(default=1_095, description="Orders, payments and shares.")
    binding_days: Days = Field(default=1_095, description="Who was whose fan, and when.")


class Agreement(Section):
    """The contract between the shop and its members."""

    written: bool = Field(default=True, description="Members get a written contract.")
    cooling_off_days: Days = Field(default=14, description="Days in which a new member can undo joining.")
    exit: bool = Field(default=True, description="Members can leave at any time.")
    licences: Several[Word] = Field(
        default=(), description='Licences the shop holds, like "MY direct sales AJL 93xxxx".'
    )


class Disclosure(Section):
    """What the shop says openly."""

    operator: bool = Field(default=True, description="Every page names who runs the shop.")
    typical_income: bool = Field(default=False, description="A table of what members typically earn is shown.")
    price_by_profile: bool = Field(default=False, description="Prices depend on who is looking.")
