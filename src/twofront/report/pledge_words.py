"""How the pledge report puts figures into words: one function for each kind of cell, in both languages."""

from __future__ import annotations

from twofront import reference
from twofront.analysis.persistence import ANCHORS, Odds
from twofront.analysis.pledge import AllyPledge, Figure, Money
from twofront.report.words import Words, sheet


def pledge_words(lang: str) -> Words:
    """The texts of the pledge report. ValueError for any language but "en" and "de"."""
    return sheet("pledge_words.toml", lang)


def name(row: AllyPledge, w: Words) -> str:
    """The ally's name; the group's where the row is the sum."""
    return reference.countries()[row.code].called(w.lang) if row.currency else w("group")


def share(value: float | None, w: Words, digits: int = 2) -> str:
    """A share of GDP as published: 2.4 % stays 2.4 %."""
    space = "\N{NO-BREAK SPACE}" if w.lang == "de" else ""
    return w("no_figure") if value is None else f"{w.number(value, digits)}{space}%"


def stands(row: AllyPledge, w: Words) -> str:
    """Where an ally stands."""
    if row.status == "no forces":
        return w("no_forces")
    return w("no_figure") if row.stands is None else share(row.stands.value, w, row.stands.digits)


def target(row: AllyPledge, w: Words) -> str:
    """What it promised, with the year."""
    return w("no_target") if row.target is None else share(row.target, w, 2 if not row.currency else 1)


def plan(row: AllyPledge, w: Words, to: int) -> str:
    """What its government published of a path."""
    if row.status == "exempt":
        return w("exempt", share=share(row.target, w, 1))
    if row.status == "announced":
        return w("announced")
    if row.status == "no forces":
        return w("no_target")
    if row.planned is None and row.status == "plan":
        return w("plan_ended", year=max(reference.plans()[row.code].path))
    if row.planned is None or row.status == "pledged" or row.target is None:
        return w("no_plan")
    met = [year for year, value in sorted(row.planned.items()) if value >= row.target - 1e-9]
    if met and met[0] == min(row.planned):
        return w("plan_keeps", share=share(row.planned[to], w, 1))
    if met:
        return w("plan_reaches", year=met[0])
    return w("plan_short", share=share(row.planned[to], w), to=to)


def money(value: float, w: Words) -> str:
    """Billions, with a decimal below a hundred and two below one."""
    return w.number(value, 0 if abs(value) >= 99.95 else 1 if abs(value) >= 0.95 or value == 0 else 2)


def amount(found: Money | None, w: Words) -> str:
    """Billions of dollars of a gap."""
    return w("no_target") if found is None else money(found.usd, w)


def chance(found: Odds | None, w: Words) -> str:
    """Odds with their interval."""
    if found is None:
        return "–"
    return f"{w.percent(found.central)} ({w.span(found.low, found.high)})"


def status(figure: Figure, w: Words) -> str:
    """Edition, and whether the figure is an estimate."""
    known = reference.sources().get(figure.source)
    edition = f"{known.publisher}, {known.published}" if known else figure.source
    return f"{edition}; {w(figure.status) if figure.status in w else figure.status}"


def source(id_: str) -> str:
    """Publisher and date of a source, for a narrow cell."""
    known = reference.sources().get(id_)
    return f"{known.publisher}, {known.published}" if known else id_


def history(found: str, w: Words) -> str:
    """What the odds rest on."""
    return w("history_anchors") if found == ANCHORS else w("history_full", edition=found)


def equipment(row: AllyPledge, w: Words, guideline: float) -> str:
    """Equipment share against the guideline, with the year it is of."""
    if row.equipment is None:
        return w("no_figure")
    side = w("above") if row.equipment.value >= guideline else w("below")
    return f"{share(row.equipment.value, w, 1)} ({row.equipment.year}, {side})"


def rank(row: AllyPledge, w: Words) -> str:
    """Personnel and its rank, with the year it is of."""
    if row.personnel is None or row.rank is None:
        return w("no_figure")
    size = f"{w.number(row.personnel.value, 0 if row.personnel.value >= 10 else 1)} {w('thousand')}"
    return f"{size}, {w('rank', rank=row.rank[0], of=row.rank[1], year=row.personnel.year)}"


def title(side: str, w: Words) -> str:
    """A power or group as a reader calls it."""
    key = f"group_{side.strip().casefold()}"
    if key in w:
        return w(key)
    members = reference.group(side)
    return reference.countries()[members[0]].called(w.lang) if len(members) == 1 else side
