"""One ally's path as a small drawing: the past, the steps to the target, the plan, and four of five futures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from html import escape

from twofront import reference
from twofront.analysis.pledge import AllyPledge, PledgeReport
from twofront.report import pledge_words as say
from twofront.report.words import Words

FIRST = 2014  # the year of the first pledge
SMALL, LARGE = (168, 104), (290, 190)


def top_of(report: PledgeReport) -> float:
    """The top of the common scale, whole percents of GDP: what every path and today's share reaches."""
    highest = [5.0]
    for row in report.allies:
        for path in (row.needed, row.planned):
            highest += path.values() if path else []
        highest += [row.stands.value] if row.stands else []
    return float(math.ceil(max(highest)))


def path_svg(row: AllyPledge, report: PledgeReport, w: Words, top: float, *, small: bool) -> str:
    """The drawing as SVG with classes (no styles in attributes); its caption is its accessible name."""
    width, height = SMALL if small else LARGE
    left, right, above, below = (16, 6, 6, 15) if small else (24, 8, 8, 18)

    def x(year: float) -> float:
        return left + (width - left - right) * (year - FIRST) / (report.to - FIRST)

    def y(share: float) -> float:
        return above + (height - above - below) * (1 - min(share, top) / top)

    def line(points: Mapping[int, float], kind: str) -> str:
        return f'<path class="{kind}" d="M{_joined((x(t), y(s)) for t, s in sorted(points.items()))}"/>'

    parts = []
    for tick in (0.0, 2.0, 3.5) if top < 8 else (0.0, 3.5):
        parts.append(f'<path class="axis" d="M{left},{y(tick):.1f}H{width - right}"/>')
        shown = w.number(tick, 1 if tick % 1 else 0)
        parts.append(f'<text x="{left - 3}" y="{y(tick) + 3.5:.1f}" text-anchor="end">{shown}</text>')
    for year in (FIRST, report.year, report.to):
        anchor = "start" if year == FIRST else "end" if year == report.to else "middle"
        parts.append(f'<text x="{x(year):.1f}" y="{height - 3}" text-anchor="{anchor}">{year}</text>')
    if row.fan and row.stands:
        start = [(report.year, (row.stands.value, row.stands.value))]
        fan = sorted([*start, *row.fan.items()])
        edge = [(x(t), y(low)) for t, (low, _) in fan] + [(x(t), y(high)) for t, (_, high) in reversed(fan)]
        parts.append(f'<path class="fan" d="M{_joined(edge)}Z"/>')
    past = past_of(row, report.year)
    if len(past) > 1:
        parts.append(line(past, "past"))
    if row.needed:
        parts.append(line(row.needed, "need"))
    if row.planned:
        parts.append(line(row.planned, "plan"))
    if row.stands and row.status != "no forces":
        parts.append(
            f'<circle class="now" cx="{x(report.year):.1f}" cy="{y(row.stands.value):.1f}" r="{2.4 if small else 3}"/>'
        )
    label = escape(w("fig_ally", name=say.name(row, w)), quote=True)
    return f'<svg class="path" role="img" aria-label="{label}" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'


def past_of(row: AllyPledge, until: int) -> dict[int, float]:
    """SIPRI's shares since the first pledge: every year from an added edition, else the anchors."""
    edition = reference.newest("SIPRI")
    if edition is not None:
        known = reference.series(edition, "share").get(row.code, {})
        return {year: value for year, (value, _) in known.items() if FIRST <= year <= until}
    return {
        year: figure.share
        for (code, year), figure in reference.spendings().items()
        if code == row.code and FIRST <= year <= until and figure.share is not None
    }


def _joined(points: Iterable[tuple[float, float]]) -> str:
    return "L".join(f"{a:.1f},{b:.1f}" for a, b in points)
