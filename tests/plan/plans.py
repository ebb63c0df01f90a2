"""Plans for tests: small TOML texts, and strategies that make whole plans, lines and people."""

from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.money import Money
from shared_core.plan import PAYEES, LineFacts, Parties, Party, Plan

LADDER = """
[[ranks]]
id = "bronze"
name = "Bronze"
[[ranks]]
id = "silver"
name = "Silver"
criteria = [{ metric = "own_retail_sales", at_least = "100" }]
[[ranks]]
id = "gold"
name = "Gold"
criteria = [{ metric = "own_retail_sales", at_least = "1000" }]
"""
RANKS = ("bronze", "silver", "gold")
INVITERS = frozenset({"inviter", "second_inviter", "host_inviter"})


def read(text: str, *, currency: str = "CNY") -> Plan:
    """A plan from TOML text that may leave out the name; keys before the first table come first in `text`."""
    head = "" if text.lstrip().startswith("name") else 'name = "tested"\n'
    return plan.loads(head + text, currency=currency)


def rule(rule_id: str, payee: str = "seller", **named: object) -> str:
    """One [[shares]] table; values are written as TOML."""
    lines = ["[[shares]]", f'id = "{rule_id}"', f'payee = "{payee}"']
    return "\n".join(lines + [f"{key} = {_toml(value)}" for key, value in named.items()]) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def line(goods: int = 10_000, margin: int | None = None, currency: str = "CNY", **named: object) -> LineFacts:
    """A line of 100.00 yuan; the margin is half of it unless given."""
    earned = goods // 2 if margin is None else margin
    return LineFacts(Money(goods, currency), Money(earned, currency), **named)  # type: ignore[arg-type]


def parties(buyer: int | None = None, **ranks: str) -> Parties:
    """Different people by payee, numbered from 1 in the order of PAYEES, with the given ranks."""
    numbered = {payee: Party(number, ranks[payee]) for number, payee in enumerate(PAYEES, 1) if payee in ranks}
    return Parties(numbered, buyer)


# --- strategies: any plan that may run, any line, any people --------------------------------------------------------


def percents(top: int = 10_000) -> st.SearchStrategy[str]:
    """Rates as text, 0% to `top` basis points."""
    return st.integers(0, top).map(lambda bps: f"{bps // 100}.{bps % 100:02d}%")


CONDITIONS = {
    "ranks": RANKS,
    "channels": ("shop", "group", "live"),
    "brands": ("acme", "zeta"),
    "categories": ("shoes", "hats"),
    "products": ("p1", "p2"),
    "skus": ("s1", "s2"),
}


@st.composite
def share_rules(draw: st.DrawFn) -> str:
    """Several rules with random conditions; rates small enough that a table of them stays below 100 %."""
    bases = draw(st.sampled_from(["price", "margin"]))
    texts, seen = [], set()
    for number in range(draw(st.integers(1, 8))):
        payee = draw(st.sampled_from(("seller", "seller", "host", *PAYEES)))  # often two rules for one payee
        named = {
            key: tuple(draw(st.lists(st.sampled_from(values), unique=True, max_size=2)))
            for key, values in CONDITIONS.items()
            if draw(st.integers(0, 3)) == 0 and not (key == "ranks" and payee == "team_fund")
        }
        named = {key: values for key, values in named.items() if values}
        identity = (payee, frozenset((key, frozenset(values)) for key, values in named.items()))
        if identity in seen:
            continue
        seen.add(identity)
        differential = payee in INVITERS and draw(st.booleans())
        pay: dict[str, object] = {"rate": draw(percents(1_400)), "basis": bases}
        if differential:
            pay |= {"differential": True, "same_rank_bonus": draw(percents(200))}
        texts.append(rule(f"r{number}", payee, **named, **pay))
    return "".join(texts)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan with three ranks and random shares, caps and self-purchase policy."""
    pays = draw(st.sampled_from(["nobody", "others", "everybody"]))
    text = draw(share_rules())
    if 'payee = "second_inviter"' in text and 'payee = "inviter"' not in text:
        text = text.replace('payee = "second_inviter"', 'payee = "inviter"', 1)
    cap = draw(st.sampled_from(["14%", "14.01%", "20%", "33.33%", "100%"]))
    return read(f'{LADDER}{text}[caps]\nperson = "{cap}"\n[self_purchase]\npays = "{pays}"\n[live]\nenabled = true\n')


@st.composite
def lines(draw: st.DrawFn) -> LineFacts:
    """Any line, losses and give-aways included."""
    goods = draw(st.integers(0, 10**9))
    return line(
        goods,
        draw(st.integers(-(10**6), goods)),
        channel=draw(st.sampled_from(["shop", "group", "live"])),
        brand=draw(st.sampled_from(["", "acme", "zeta"])),
        category=draw(st.sampled_from(["", "shoes", "hats"])),
        product=draw(st.sampled_from(["", "p1", "p2"])),
        sku=draw(st.sampled_from(["", "s1", "s2"])),
        quantity=draw(st.integers(1, 50)),
    )


@st.composite
def people(draw: st.DrawFn) -> Parties:
    """Any people, often one in several roles, sometimes the buyer among them."""
    absent = draw(st.sets(st.sampled_from(PAYEES[:-1]), max_size=2))
    present = [payee for payee in PAYEES[:-1] if payee not in absent]
    found = {payee: Party(draw(st.integers(1, 3)), draw(st.sampled_from(RANKS))) for payee in present}
    return Parties(found, draw(st.none() | st.integers(1, 4)))
