"""The page around the sections. Everything is in it: no script, no font and no picture from elsewhere."""

from collections.abc import Sequence
from html import escape

from platformctl.report.figures import Outcome
from platformctl.report.plots import percent
from platformctl.report.sections import Section, Speech, beside, sections
from shared_core.plan import simulation

CSS = """
:root { color-scheme: light dark; --paper: #fbf9f4; --card: #ffffff; --ink: #22201c; --soft: #6b665c; --rule: #e4dfd3;
  --a: #17695c; --b: #b4791c; --c: #b23a48; --d: #8d99a6 }
@media (prefers-color-scheme: dark) { :root { --paper: #171714; --card: #201f1b; --ink: #ece8de; --soft: #a49e90;
  --rule: #37342d; --a: #5fc4b0; --b: #e6b35a; --c: #ef7f8a; --d: #8b97a3 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }
main { max-width: 1180px; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
header p { color: var(--soft); max-width: 46rem; margin: .3rem 0 0 }
h1 { font-size: clamp(1.7rem, 4vw, 2.5rem); line-height: 1.15; margin: 0; letter-spacing: -.01em }
h2 { font-size: 1.1rem; margin: 0 0 .6rem }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; margin: 1.8rem 0;
  background: var(--rule); border: 1px solid var(--rule); border-radius: 14px; overflow: hidden }
.tiles div { background: var(--card); padding: 1rem 1.1rem }
.tiles b { display: block; font-size: 1.65rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.tiles span { color: var(--soft); font-size: .86rem }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.1rem }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 14px; padding: 1.15rem 1.25rem;
  break-inside: avoid }
section.wide { grid-column: 1 / -1 }
section p { color: var(--soft); font-size: .93rem; margin: .7rem 0 0 }
svg { display: block; width: 100%; height: auto }
.axis { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums }
.grid line, line.grid { stroke: var(--rule) } line.zero { stroke: var(--soft) }
.line { fill: none; stroke-width: 2.2; stroke-linejoin: round } .dashed { stroke-dasharray: 5 4 }
.line.a { stroke: var(--a) } .line.b { stroke: var(--b) } .line.c { stroke: var(--c) } .line.d { stroke: var(--d) }
.line.rule { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 4 }
.bar.a, .area.a, i.a { fill: var(--a); background: var(--a) } .bar.b, i.b { fill: var(--b); background: var(--b) }
.bar.c, i.c { fill: var(--c); background: var(--c) } .bar.d, i.d { fill: var(--d); background: var(--d) }
.area { opacity: .16 } .mark { fill: var(--card); stroke: var(--c); stroke-width: 2.5 }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: .5rem 0 0; padding: 0;
  font-size: .86rem }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-right: .4rem;
  vertical-align: -.08rem }
.legend i.line { height: 0; background: none; border-top: 3px solid; border-radius: 0; vertical-align: .2rem }
.legend i.dashed { border-top-style: dashed } i.a { color: var(--a) } i.b { color: var(--b) } i.c { color: var(--c) }
i.d { color: var(--d) }
.beside { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.5rem; align-items: start }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .34rem .5rem; border-bottom: 1px solid var(--rule); font-weight: 400 }
thead th { font-weight: 600; vertical-align: bottom } tbody th { text-align: left; color: var(--soft) }
td { white-space: nowrap }
footer { margin-top: 1.6rem; color: var(--soft); font-size: .9rem }
@media (max-width: 900px) { .grid, .beside { grid-template-columns: minmax(0, 1fr) } }
@media (max-width: 480px) { .axis { font-size: 14px } section { padding: 1rem .9rem }
  main { padding: 1.6rem .9rem 3rem } table { font-size: .8rem } th, td { padding: .34rem .25rem } }
@media print { :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #ccc } body { font-size: 11px }
  main { max-width: none; padding: 0 } .tiles b { font-size: 1.2rem } .tiles { grid-template-columns: repeat(6, 1fr) } }
"""


def render(
    one: Outcome,
    frozen: Outcome,
    others: Sequence[Outcome],
    *,
    population: simulation.Population,
    seed: int,
    speech: Speech,
) -> str:
    """The whole report. The same figures give the same page."""
    _ = speech.translate
    title = _("A trial of the plan “{name}”").format(name=one.name)
    lead = _(
        "{members} invented people live under version {version} of the plan for {months} months and make {orders} "
        "orders. They do the same under every plan; what they are paid is reckoned by the functions that pay in a "
        "shop. This is a way to find out what a plan rewards, and no forecast."
    ).format(members=f"{one.members:,}", version=one.version, months=one.months, orders=f"{one.orders:,}")
    parts = [_section(each) for each in sections(one, frozen, speech)]
    parts.append(_assumptions(population, seed, speech))
    parts += [_section(beside([one, *others], speech))] if others else []
    language = "zh-CN" if speech.chinese else "en"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{CSS}</style></head><body><main><header><h1>{escape(title)}</h1><p>{escape(lead)}</p></header>"
        f'{_tiles(one, speech)}<div class="grid">{"".join(parts)}</div>'
        f"<footer>{escape(_closing(one, speech))}</footer></main></body></html>\n"
    )


def _tiles(one: Outcome, speech: Speech) -> str:
    _ = speech.translate
    tiles = [
        (percent(one.payout), _("of sales go to members")),
        (percent(one.margin_rate), _("stay with the shop")),
        (speech.amount(one.incomes.median), _("earned by the promoter in the middle")),
        (percent(one.incomes.nothing), _("of promoters earned nothing")),
        (percent(one.recruiting), _("of income is not from own sales")),
        (speech.amount(one.lowest_cash), _("lowest point of the till")),
    ]
    shown = "".join(f"<div><b>{escape(value)}</b><span>{escape(name)}</span></div>" for value, name in tiles)
    return f'<div class="tiles">{shown}</div>'


def _section(part: Section) -> str:
    wide = ' class="wide"' if part.wide else ""
    return f"<section{wide}><h2>{escape(part.heading)}</h2>{part.plot}<p>{escape(part.reading)}</p></section>"


def _assumptions(population: simulation.Population, seed: int, speech: Speech) -> str:
    """What the figures rest on."""
    _ = speech.translate
    each = {
        _("more people than in the month before"): percent(population.growth_bps / 10_000),
        _("come by somebody's link"): percent(population.linked_bps / 10_000),
        _("ever share links"): percent(population.share_rate_bps / 10_000),
        _("sign up"): percent(population.sign_up_bps / 10_000),
        _("of those order"): percent(population.conversion_bps / 10_000),
        _("order again, after any order"): percent(population.repeat_bps / 10_000),
        _("days between orders, in the middle"): str(sorted(population.gap_days)[len(population.gap_days) // 2]),
        _("orders with a refund"): percent(population.refund_bps / 10_000),
        _("articles on sale"): str(len(population.assortment)),
        _("seed of the dice"): str(seed),
    }
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in each.items())
    text = _("Change one of them and look what moves: what hardly moves can be relied on.")
    return _section(Section(_("What is assumed"), f"<table><tbody>{rows}</tbody></table>", text))


def _closing(one: Outcome, speech: Speech) -> str:
    _ = speech.translate
    return _("Amounts in {currency}, before tax.").format(currency=one.currency)
