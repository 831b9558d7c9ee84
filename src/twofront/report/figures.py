"""The figures of the report: each takes a Reading and its words and gives a Vega-Lite spec, or None where the run
has nothing to draw. `FIGURES` names them; `draw` makes the SVG. Altair is imported late: `import twofront` stays light.

Colours are written as the light palette and turned into CSS variables in the SVG, so that one drawing serves light,
dark and print. The hues keep apart for colour-blind readers (after Okabe and Ito 2008), and lines carry their names.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from twofront.report.reading import ANSWERS, BASELINE, CELLS, PARTS, Reading, band
from twofront.report.words import Words

Spec = dict[str, Any]
Figure = Callable[[Reading, Words], Spec | None]

# slot: (light, dark). Every value occurs once, because the SVG is searched for the light ones.
PALETTE = {
    "china": ("#b4463a", "#e5897c"),
    "russia": ("#7a5a9e", "#b79bdb"),
    "usa": ("#2b6ca8", "#74b0e6"),
    "europe": ("#b8860f", "#e3b94d"),
    "host": ("#23876a", "#62c4a4"),
    "other": ("#6d7681", "#a3adb8"),
    "coincident": ("#9aa4ae", "#7d8894"),
    "opportunistic": ("#4f93b5", "#6fb3d4"),
    "coordinated": ("#c7652f", "#ee9560"),
    "accent": ("#1f5a78", "#7fc0e0"),
    "ink": ("#1c2430", "#e8ebef"),
    "muted": ("#5b6675", "#a9b3bf"),
    "grid": ("#dfe3e8", "#333c48"),
    "paper": ("#fefefd", "#151a21"),
}
WIDTH = 740
FLOOR = 1e-6  # on scales of ratio, what is below stands here
FONT = "Helvetica, Arial, sans-serif"
LOCALES = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""], "percent": "%"},
    "de": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " €"], "percent": " %"},
}


def light(slot: str) -> str:
    """The light colour of a slot, as it stands in a spec."""
    return PALETTE[slot][0]


def draw(spec: Spec, lang: str, name: str = "figure") -> str:
    """Draws a spec as SVG whose colours are CSS variables with the light palette to fall back on.

    `name` keeps the ids inside apart from those of other figures on the page.
    """
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(json.dumps(spec), format_locale=LOCALES[lang]))
    for slot, (colour, _) in PALETTE.items():
        svg = re.sub(rf'(fill|stroke)="{colour}"', rf'\1="var(--{slot}, {colour})"', svg)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    return svg


def _spec(chart: Any) -> Spec:
    """Dresses a chart in the house style and gives its spec."""
    axis = {
        "labelColor": light("muted"),
        "titleColor": light("muted"),
        "gridColor": light("grid"),
        "domainColor": light("grid"),
        "tickColor": light("grid"),
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelLimit": 260,
    }
    header = {
        "labelColor": light("ink"),
        "labelFontSize": 13,
        "labelFontWeight": "bold",
        "titleColor": light("muted"),
    }
    chart = chart.configure(font=FONT, background="transparent", padding=6)
    chart = chart.configure_view(stroke=None).configure_axis(**axis).configure_header(**header)
    legend = {"labelColor": light("ink"), "titleColor": light("muted"), "labelFontSize": 12}
    return dict(chart.configure_legend(**legend).to_dict(validate=False))


def _fan(
    data: pd.DataFrame, colour: str, title: str, fmt: str, *, width: int = WIDTH, height: int = 190, mean: bool = False
) -> Any:
    """A median line in the bands of 50 % and 90 % of worlds, and the mean as dashes where it is asked for."""
    import altair as alt

    years = alt.X("year:Q", axis=alt.Axis(format="d", title=None, grid=False, tickCount=6))
    base = alt.Chart(data).encode(x=years)
    axis = alt.Axis(format=fmt, title=title, tickCount=4)
    wide = base.mark_area(color=light(colour), opacity=0.16).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q")
    inner = base.mark_area(color=light(colour), opacity=0.26).encode(y="lower:Q", y2="upper:Q")
    line = base.mark_line(color=light(colour), strokeWidth=2.4).encode(y="median:Q")
    if mean:
        dashes = base.mark_line(color=light(colour), strokeWidth=1.6, strokeDash=[5, 4]).encode(y="mean:Q")
        return (wide + inner + line + dashes).properties(width=width, height=height)
    return (wide + inner + line).properties(width=width, height=height)


def _named(chart: Any, title: str) -> Any:
    import altair as alt

    style = alt.TitleParams(title, anchor="start", fontSize=13, color=light("ink"), offset=8)
    return chart.properties(title=style)


def _side_by_side(charts: list[Any], columns: int = 2) -> Any:
    import altair as alt

    return alt.concat(*charts, columns=columns, spacing=26)


def propositions(reading: Reading, words: Words) -> Spec | None:
    """The steps of the argument over worlds: a dot for every fiftieth of them."""
    names = [c for c in ANSWERS if reading.has(c)]
    return _quantile_dots(reading, [(words(f"answer_{c}"), c, BASELINE) for c in names], words) if names else None


def worlds(reading: Reading, words: Words) -> Spec | None:
    """Two fronts over worlds."""
    import altair as alt

    values = reading.values(reading.outcome)
    if not len(values):
        return None
    ranks = [(i + 0.5) / 100 for i in range(100)]
    dots = pd.DataFrame({"value": values.quantile(ranks).to_numpy()})
    # Where most worlds are near zero and few are not, equal steps would hide the most of them: steps of ratio then.
    skewed = float(values.median()) < float(values.quantile(0.95)) / 12
    place = dots["value"].clip(lower=FLOOR).map(math.log10) if skewed else dots["value"]
    step = max(float(place.max() - place.min()), 1e-9) / 39
    bins = ((place - place.min()) / step).round() * step + place.min()
    dots["bin"] = bins.map(lambda x: 10.0**x) if skewed else bins
    dots["rank"] = dots.groupby(((place - place.min()) / step).round()).cumcount() + 1
    scale = alt.Scale(type="log", domain=[FLOOR, 1], nice=False) if skewed else alt.Scale(zero=True)
    title = words("two_fronts_by", year=reading.manifest["end"])
    axis = alt.Axis(format="~%", title=title, grid=False, tickCount=6)
    if skewed:
        axis = alt.Axis(format="~%", title=title, grid=False, values=[10.0**k for k in range(-6, 1)])
    height = int(dots["rank"].max())
    base = alt.Chart(dots).encode(
        x=alt.X(
            "bin:Q",
            scale=scale,
            axis=axis,
        ),
        y=alt.Y("rank:Q", axis=None, scale=alt.Scale(domain=[0, height + 1])),
    )
    chart = base.mark_circle(size=95, color=light("accent"), opacity=0.85)
    middle = pd.DataFrame({"value": [max(reading.band(reading.outcome).median, FLOOR)], "text": [words("median")]})
    rule = alt.Chart(middle).mark_rule(color=light("ink"), strokeDash=[3, 3]).encode(x="value:Q")
    text = alt.Chart(middle).mark_text(color=light("ink"), align="left", dx=5, baseline="top", fontSize=12)
    text = text.encode(x="value:Q", y=alt.value(0), text="text:N")
    return _spec((chart + rule + text).properties(width=WIDTH, height=min(max(90, height * 11), 260)))


def _quantile_dots(reading: Reading, rows: list[tuple[str, str, str]], words: Words) -> Spec:
    import altair as alt

    ranks = [(i + 0.5) / 50 for i in range(50)]
    parts: list[pd.DataFrame] = []
    middles: list[dict[str, Any]] = []
    for name, column, policy in rows:
        values = reading.values(column, policy)
        parts.append(pd.DataFrame({"name": name, "value": values.quantile(ranks).to_numpy()}))
        middles.append({"name": name, "value": float(values.median()), "text": words.percent(float(values.median()))})
    order = [r[0] for r in rows]
    y = alt.Y(
        "name:N",
        sort=order,
        axis=alt.Axis(title=None, domain=False, ticks=False, offset=12, labelColor=light("ink")),
    )
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", title=words("over_worlds"), tickCount=5),
    )
    dots = alt.Chart(pd.concat(parts)).mark_circle(size=38, opacity=0.32, color=light("accent")).encode(x=x, y=y)
    centre = pd.DataFrame(middles)
    tick = alt.Chart(centre).mark_tick(thickness=3, size=22, color=light("ink")).encode(x=x, y=y)
    text = alt.Chart(centre).mark_text(dy=-17, fontSize=12, color=light("ink")).encode(x=x, y=y, text="text:N")
    return _spec((dots + tick + text).properties(width=WIDTH - 170, height=alt.Step(42)))


def verdict(reading: Reading, words: Words) -> Spec | None:
    """The four conditions of the verdict: called and not called."""
    import altair as alt

    cells = [c for c in CELLS if reading.has("accepted", c)]
    if len(cells) < 2:
        return None
    rows: list[dict[str, Any]] = []
    for cell in cells:
        for column in ("accepted", "unasked"):
            b = reading.band(column, cell)
            rows.append(
                {
                    "cell": words(f"cell_{cell}"),
                    "what": words(f"answer_{column}"),
                    "low": b.low,
                    "high": b.high,
                    "median": b.median,
                    "text": words.percent(b.median),
                }
            )
    data = pd.DataFrame(rows)
    order = [words(f"cell_{c}") for c in cells]
    kinds = [words("answer_accepted"), words("answer_unasked")]
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=kinds, range=[light("coordinated"), light("opportunistic")]),
        legend=alt.Legend(title=None, orient="top"),
    )
    y = alt.Y(
        "cell:N",
        sort=order,
        axis=alt.Axis(title=None, domain=False, ticks=False, offset=12, labelColor=light("ink")),
    )
    base = alt.Chart(data).encode(y=y, color=colour, yOffset=alt.YOffset("what:N", sort=kinds))
    # Steps of ratio: medians of one in a hundred and whiskers of one half share an axis.
    data[["low", "median", "high"]] = data[["low", "median", "high"]].clip(lower=FLOOR)
    scale = alt.Scale(type="log", domain=[float(data["low"].min()), 1], nice=False)
    axis = alt.Axis(format="~%", title=words("range_worlds"), values=[10.0**k for k in range(-6, 1)])
    x = alt.X("median:Q", scale=scale, axis=axis)
    bar = base.mark_rule(strokeWidth=3, opacity=0.55).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    dot = base.mark_point(filled=True, size=80, opacity=1).encode(x=x, shape=alt.Shape("what:N", legend=None))
    text = base.mark_text(dy=-10, fontSize=11).encode(x=x, text="text:N", color=alt.value(light("ink")))
    return _spec((bar + dot + text).properties(width=WIDTH - 170, height=alt.Step(30)))


def paired(reading: Reading, words: Words) -> Spec | None:
    """Policies against the baseline in the same worlds, ranked."""
    import altair as alt

    rows: list[dict[str, Any]] = []
    for e in reading.effects:
        b = band(reading.values(reading.outcome, e.policy) - reading.values(reading.outcome))
        kind = "unclear" if not e.separable else "fall" if b.mean < 0 else "rise"
        rows.append(
            {
                "name": reading.policy(e.policy),
                "low": b.low,
                "high": b.high,
                "lower": b.lower,
                "upper": b.upper,
                "mean": b.mean,
                "kind": kind,
            }
        )
    if not rows:
        return None
    data = pd.DataFrame(rows)
    unit = words("points")
    data[["low", "high", "lower", "upper", "mean"]] *= 100
    y = alt.Y(
        "name:N",
        sort=[str(r["name"]) for r in rows],
        axis=alt.Axis(title=None, domain=False, ticks=False, labelColor=light("ink"), labelLimit=300),
    )
    x = alt.X("low:Q", axis=alt.Axis(title=unit, tickCount=6))
    scale = alt.Scale(
        domain=["fall", "rise", "unclear"], range=[light("host"), light("coordinated"), light("coincident")]
    )
    base = alt.Chart(data).encode(y=y, color=alt.Color("kind:N", scale=scale, legend=None))
    thin = base.mark_rule(strokeWidth=1.5).encode(x=x, x2="high:Q")
    thick = base.mark_rule(strokeWidth=6, opacity=0.45).encode(x="lower:Q", x2="upper:Q")
    dot = base.mark_point(filled=True, size=75, opacity=1).encode(x="mean:Q")
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=light("muted")).encode(x="x:Q")
    return _spec((zero + thin + thick + dot).properties(width=WIDTH - 220, height=alt.Step(30)))


def structure(reading: Reading, words: Words) -> Spec | None:
    """Each line that is a share under the scenario's own structure and under every variant."""
    import altair as alt

    from twofront.report.structures import moving

    if reading.structure is None:
        return None
    rows = moving(reading, words, reading.structure)
    own = [{"name": name, "value": line.here, "low": line.low, "high": line.high} for name, line in rows]
    other = [{"name": name, "value": value} for name, line in rows for value in line.values.values()]
    here, others = pd.DataFrame(own).dropna(), pd.DataFrame(other).dropna()
    names = alt.Axis(title=None, domain=False, ticks=False, offset=12, labelLimit=260, labelColor=light("ink"))
    y = alt.Y("name:N", sort=[name for name, _ in rows], axis=names)
    # Steps of ratio down to one in ten thousand, and a place for zero: best replies are often sure.
    scale = alt.Scale(type="symlog", constant=1e-4, domain=[0, 1])
    axis = alt.Axis(format=".1~%", title=words("structure_axis"), values=[0, 0.001, 0.01, 0.1, 1])
    x, low = alt.X("value:Q", scale=scale, axis=axis), alt.X("low:Q", scale=scale, axis=axis)
    span = alt.Chart(here).mark_rule(color=light("grid"), strokeWidth=5).encode(x=low, x2="high:Q", y=y)
    dots = alt.Chart(others).mark_point(filled=False, size=45, opacity=1, color=light("accent")).encode(x=x, y=y)
    dot = alt.Chart(here).mark_point(filled=True, size=75, opacity=1, color=light("ink")).encode(x=x, y=y)
    return _spec((span + dots + dot).properties(width=WIDTH - 220, height=alt.Step(24)))


def timing(reading: Reading, words: Words) -> Spec | None:
    """In which year the second front opens."""
    return _spec(_fan(reading.by_year(reading.outcome), "accent", words("per_year"), "~%", mean=True))


def levels(reading: Reading, words: Words) -> Spec | None:
    """Opened by the year, for each front and for two fronts."""
    charts = []
    for front in reading.fronts:
        data = reading.by_year(f"opened.{front}", cumulative=True)
        colour = reading.slot(str(reading.labels["fronts"][front]["challenger"]))
        chart = _fan(data, colour, words("opened_by"), "~%", width=320, height=150, mean=True)
        charts.append(_named(chart, reading.front(front)))
    if len(charts) == 1:
        return _spec(charts[0])
    both = _fan(
        reading.by_year("two_fronts", cumulative=True),
        "accent",
        words("opened_by"),
        "~%",
        width=320,
        height=150,
        mean=True,
    )
    return _spec(_side_by_side([*charts, _named(both, words("two_fronts"))]))


def parts(reading: Reading, words: Words) -> Spec | None:
    """Coincident, opportunistic and coordinated, under every policy: means over worlds, which add up."""
    import altair as alt

    kinds = [p for p in PARTS if reading.has(p)]
    if not kinds or len(reading.fronts) == 1:
        return None
    shown = [BASELINE, *[e.policy for e in reading.effects]]
    rows: list[dict[str, Any]] = [
        {
            "policy": reading.policy(p),
            "part": words(f"part_{k}"),
            "order": i,
            "value": float(reading.values(k, p).mean()),
        }
        for p in shown
        for i, k in enumerate(kinds)
    ]
    if not rows:
        return None
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=[words(f"part_{k}") for k in kinds], range=[light(k) for k in kinds]),
        legend=alt.Legend(title=None, orient="top"),
    )
    y = alt.Y(
        "policy:N",
        sort=[reading.policy(p) for p in shown],
        axis=alt.Axis(title=None, domain=False, ticks=False, labelColor=light("ink"), labelLimit=300),
    )
    x = alt.X("value:Q", stack="zero", axis=alt.Axis(format="~%", title=words("mean_worlds"), tickCount=5))
    chart = alt.Chart(pd.DataFrame(rows)).mark_bar(height=15).encode(x=x, y=y, color=colour, order="order:Q")
    return _spec(chart.properties(width=WIDTH - 220, height=alt.Step(25)))


def drivers(reading: Reading, words: Words) -> Spec | None:
    """What each figure explains alone: full bars rest on a source, hollow ones on judgement."""
    import altair as alt

    rows: list[dict[str, Any]] = [
        {
            "name": d.path,
            "value": d.measure,
            "low": d.low,
            "high": d.high,
            "arrow": "▲" if d.direction > 0.05 else "▼" if d.direction < -0.05 else "◆",
            "kind": words("sourced" if d.sourced else "judgement"),
        }
        for d in reading.drivers[:12]
    ]
    if not rows:
        return None
    kinds = [words("sourced"), words("judgement")]
    fill = alt.Fill(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=[light("accent"), light("paper")]),
        legend=alt.Legend(title=None, orient="top", symbolStrokeColor=light("accent"), symbolStrokeWidth=1.5),
    )
    y = alt.Y(
        "name:N",
        sort=[str(r["name"]) for r in rows],
        axis=alt.Axis(title=None, domain=False, ticks=False, labelColor=light("ink"), labelLimit=340),
    )
    x = alt.X("value:Q", axis=alt.Axis(title=words("explains"), format="~%", tickCount=5))
    base = alt.Chart(pd.DataFrame(rows)).encode(y=y)
    bars = base.mark_bar(height=12, stroke=light("accent"), strokeWidth=1.5).encode(x=x, fill=fill)
    range_ = base.mark_rule(color=light("muted"), strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    arrow = base.mark_text(align="left", dx=7, fontSize=9, color=light("muted")).encode(x="high:Q", text="arrow:N")
    return _spec((bars + range_ + arrow).properties(width=WIDTH - 300, height=alt.Step(24)))


def _lines(reading: Reading, prefix: str, title: str) -> Any:
    """Medians by power with the band of 90 % of worlds, each line named at its end."""
    import altair as alt

    frames = []
    for power in reading.powers:
        if f"{prefix}.{power}" in reading.years.columns:
            frames.append(reading.by_year(f"{prefix}.{power}").assign(power=power, name=reading.power(power)))
    data = pd.concat(frames)
    last = data[data["year"] == data["year"].max()].sort_values("median").assign(place=lambda d: d["median"])
    room = float(data["high"].max()) * 0.075
    for i in range(1, len(last)):
        place = max(float(last["place"].iloc[i]), float(last["place"].iloc[i - 1]) + room)
        last.iloc[i, last.columns.get_loc("place")] = place
    shown = list(dict.fromkeys(data["power"]))
    colour = alt.Color(
        "power:N", legend=None, scale=alt.Scale(domain=shown, range=[light(reading.slot(p)) for p in shown])
    )
    base = alt.Chart(data).encode(
        x=alt.X("year:Q", axis=alt.Axis(format="d", title=None, grid=False, tickCount=5)), color=colour
    )
    area = base.mark_area(opacity=0.15).encode(
        y=alt.Y("low:Q", axis=alt.Axis(title=title, tickCount=5, format=",.0f")), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2.4).encode(y="median:Q")
    name = (
        alt.Chart(last)
        .mark_text(align="left", dx=6, fontSize=11, fontWeight="bold")
        .encode(x="year:Q", y="place:Q", text="name:N", color=colour)
    )
    return (area + line + name).properties(width=245, height=270)


def spending(reading: Reading, words: Words) -> Spec | None:
    """Spending on both price bases, side by side and never on one axis."""
    market = _named(_lines(reading, "spending", words("bn_market")), words("basis_market"))
    military = _named(_lines(reading, "effective", words("bn_military")), words("basis_military"))
    return _spec(_side_by_side([market, military]))


def forces(reading: Reading, words: Words) -> Spec | None:
    """Military capital, and the force that no engagement ties down."""
    capital = _named(_lines(reading, "capital", words("bn_military")), words("capital"))
    free = _named(_lines(reading, "force", words("bn_military")), words("force_free"))
    return _spec(_side_by_side([capital, free]))


def shares(reading: Reading, words: Words) -> Spec | None:
    """Core share of the powers under a commitment."""
    groups = [p for p in reading.powers if reading.members.get(p) and f"share.{p}" in reading.years.columns]
    if not groups:
        return None
    charts = [
        _named(
            _fan(
                reading.by_year(f"share.{p}"),
                reading.slot(p),
                words("share_axis"),
                ".1f",
                width=WIDTH - 60,
                height=150,
            ),
            reading.power(p),
        )
        for p in groups
    ]
    return _spec(_side_by_side(charts, columns=1))


def pledge(reading: Reading, words: Words) -> Spec | None:
    """Each ally: today's core share, its target (its own, or that of the commitment), and the way between."""
    import altair as alt

    rows: list[dict[str, Any]] = []
    for group, members in reading.members.items():
        common = reading.target(group)
        for m in members:
            target = m["target"] if m.get("target") is not None else common
            if m.get("share") is not None and target:
                name = (m.get("name_de") if reading.lang == "de" else None) or m["name"]
                rows.append({"name": str(name), "share": float(m["share"]), "target": max(float(target), 0.0)})
    if not rows:
        return None
    data = pd.DataFrame(rows).sort_values("share", ascending=False)
    y = alt.Y(
        "name:N",
        sort=list(data["name"]),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelColor=light("ink"), grid=True),
    )
    x = alt.X("share:Q", axis=alt.Axis(title=words("share_axis"), format=".1f", tickCount=6))
    base = alt.Chart(data).encode(y=y)
    gap = alt.Chart(data[data["share"] < data["target"]]).encode(y=y)
    way = gap.mark_rule(color=light("europe"), strokeWidth=2, opacity=0.6).encode(x=x, x2="target:Q")
    now = base.mark_point(filled=True, color=light("europe"), size=55, opacity=1).encode(x=x)
    aim = base.mark_tick(color=light("ink"), thickness=2, size=11).encode(x="target:Q")
    return _spec((way + now + aim).properties(width=WIDTH - 160, height=alt.Step(18)))


def supply(reading: Reading, words: Words) -> Spec | None:
    """Supply multiplier of importers and leverage of the leader."""
    charts = []
    for column in [c for c in reading.years.columns if c.startswith("supply.")]:
        power = column.removeprefix("supply.")
        chart = _fan(reading.by_year(column), reading.slot(power), words("supply_axis"), ".0%", width=315, height=150)
        charts.append(_named(chart, f"{words('supply')}: {reading.power(power)}"))
    if "leverage" in reading.years.columns:
        chart = _fan(reading.by_year("leverage"), "china", words("leverage_axis"), ".1f", width=315, height=150)
        charts.append(_named(chart, words("leverage")))
    return _spec(_side_by_side(charts)) if charts else None


def practice(reading: Reading, words: Words) -> Spec | None:
    """What exercises build up, and what leaks of a call."""
    names = [c for c in ("practice", "leak") if c in reading.years.columns]
    charts = [
        _named(
            _fan(reading.by_year(c), "coordinated", words(f"{c}_axis"), ".0%", width=315, height=150),
            words(c),
        )
        for c in names
    ]
    return _spec(_side_by_side(charts)) if charts else None


def odds(reading: Reading, words: Words) -> Spec | None:
    """The challenger's odds by option, were it to open the front alone."""
    charts = []
    for front in reading.fronts:
        colour = reading.slot(str(reading.labels["fronts"][front]["challenger"]))
        for column in [c for c in reading.years.columns if c.startswith(f"odds.{front}.")]:
            chart = _fan(reading.by_year(column), colour, words("odds_axis"), ".0%", width=315, height=120)
            charts.append(_named(chart, f"{reading.front(front)}: {reading.option(front, column.split('.')[-1])}"))
    return _spec(_side_by_side(charts)) if charts else None


FIGURES: dict[str, Figure] = {
    "propositions": propositions,
    "verdict": verdict,
    "worlds": worlds,
    "structure": structure,
    "paired": paired,
    "timing": timing,
    "levels": levels,
    "parts": parts,
    "drivers": drivers,
    "spending": spending,
    "shares": shares,
    "pledge": pledge,
    "forces": forces,
    "supply": supply,
    "practice": practice,
    "odds": odds,
}
