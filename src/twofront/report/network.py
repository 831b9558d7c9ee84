"""The supply network as a picture: who ships and who makes the goods that one power's arms production imports.

Two kinds of link are kept apart, because they can be cut by different people: what is dispatched from a place (left,
full line) and what its makers' headquarters could stop (right, dashed). A link is as wide as its median share of
imports, a good as high as its weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from twofront.report.reading import Reading
from twofront.report.words import Words

WIDTH, ROW, TOP = 840, 66, 34
SHIP, GOOD, MAKE = 165, 280, 570  # where labels of shippers end, goods begin, labels of makers begin
BOX = 150
WIDEST = 26.0


@dataclass(frozen=True)
class Link:
    """One power's median share of the imports of a good, as shipper or maker."""

    good: str
    kind: str
    power: str
    share: float
    low: float
    high: float


def links(reading: Reading) -> dict[str, list[Link]]:
    """The links of every importer, from the quantities of the run."""
    found: dict[str, list[Link]] = {}
    for row in reading.quantities:
        parts = str(row["path"]).split(".")
        if len(parts) == 6 and parts[0] == "supply" and parts[4] in ("shipped", "made"):
            low, middle, high = (float(row[k]) for k in ("low", "central", "high"))
            found.setdefault(parts[1], []).append(Link(parts[3], parts[4], parts[5], middle, low, high))
    return found


def weights(reading: Reading, importer: str) -> dict[str, float]:
    """The weight of each good in arms production, summing to 1."""
    named = {
        str(row["path"]).split(".")[3]: float(row["central"])
        for row in reading.quantities
        if str(row["path"]).startswith(f"supply.{importer}.goods.") and str(row["path"]).endswith(".weight")
    }
    total = sum(named.values()) or 1.0
    return {good: weight / total for good, weight in named.items()}


def network_svg(reading: Reading, text: Words) -> str | None:
    """The picture of the first importer; None where nobody's supply is modelled."""
    known = links(reading)
    if not known:
        return None
    importer, found = next(iter(known.items()))
    share = weights(reading, importer)
    height = TOP + ROW * len(share) + 12
    heads = ((SHIP, "end", "net_shipped"), (GOOD + BOX / 2, "middle", "net_goods"), (MAKE, "start", "net_made"))
    parts = [_text(x, 16, side, text(key), "stage") for x, side, key in heads]
    for k, (good, weight) in enumerate(share.items()):
        y = TOP + ROW * k + ROW / 2
        parts.append(_good(good, weight, y, text))
        for kind, x, near in (("shipped", SHIP, GOOD - 4), ("made", MAKE, GOOD + BOX + 4)):
            mine = [link for link in found if link.good == good and link.kind == kind]
            for n, link in enumerate(mine):
                at = y + (n - (len(mine) - 1) / 2) * 24
                parts.append(_link(link, x, near, at, y, reading, text))
            if not mine:
                parts.append(_text(x, y + 4, "end" if kind == "shipped" else "start", text("net_unknown"), "rest"))
    caption = escape(text("fig_network"), quote=True)
    body = "".join(parts)
    return f'<svg class="tree" role="img" aria-label="{caption}" viewBox="0 0 {WIDTH} {height}">{body}</svg>'


def _text(x: float, y: float, side: str, words: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{side}" class="{kind}">{escape(words)}</text>'


def _good(good: str, weight: float, y: float, text: Words) -> str:
    tall = max(14.0, 90 * weight)
    box = f'<rect x="{GOOD}" y="{y - tall / 2:.1f}" width="{BOX}" height="{tall:.1f}" fill="var(--grid)"/>'
    return box + _text(GOOD + BOX / 2, y + 4, "middle", f"{good.replace('_', ' ')} · {text.percent(weight)}")


def _link(link: Link, x: float, near: float, at: float, y: float, reading: Reading, text: Words) -> str:
    wide = max(1.5, WIDEST * link.share)
    dash = "" if link.kind == "shipped" else ' stroke-dasharray="7 4"'
    start = x + (8 if near > x else -8)
    middle = (start + near) / 2
    label = f"{reading.power(link.power)} {text.percent(link.share)} ({text.span(link.low, link.high)})"
    return (
        f'<path class="edge" d="M{start},{at:.1f}C{middle},{at:.1f} {middle},{y:.1f} {near},{y:.1f}" '
        f'stroke="var(--{reading.slot(link.power)})" stroke-width="{wide:.1f}"{dash}/>'
        + _text(x, at + 4, "end" if near > x else "start", label)
    )
