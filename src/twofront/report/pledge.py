"""The pledge report: terminal table, CSV, workbook, and one HTML file that loads nothing and prints well."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import twofront
from twofront import reference
from twofront.analysis.buys import Buys
from twofront.analysis.pledge import EQUIPMENT, PRICE_YEAR, AllyPledge, PledgeReport
from twofront.report import pledge_words as say
from twofront.report.pledge_figures import path_svg, top_of
from twofront.report.pledge_table import lacking, path_records, records, write_csv, write_xlsx
from twofront.report.words import Words
from twofront.store.disk import put

FILE_NAMES = {"en": "pledge-report.html", "de": "zusage-bericht.html"}
SECTIONS = ("overview", "table", "buys", "allies", "sources")


def write_pledge(report: PledgeReport, buys: Buys | None, folder: Path, lang: str = "en") -> list[Path]:
    """Writes pledge.csv, paths.csv, pledge.xlsx and the HTML report into a folder; returns the files.

    Errors: ValueError for another language; RunError where the folder cannot be written.
    """
    table, paths = records(report, buys), path_records(report)
    sources = [_source(id_) for id_ in report.sources]
    page = folder / FILE_NAMES[lang]
    put(page, render(report, buys, lang).encode())
    return [
        page,
        write_csv(folder / "pledge.csv", table),
        write_csv(folder / "paths.csv", paths),
        write_xlsx(folder / "pledge.xlsx", {"pledge": table, "paths": paths, "sources": sources}),
    ]


def _source(id_: str) -> dict[str, str]:
    known = reference.sources().get(id_)
    parts = ("publisher", "edition", "published", "place", "seen")
    return {"id": id_} | {part: getattr(known, part) if known else "" for part in parts}


def ranked(report: PledgeReport) -> list[AllyPledge]:
    """Allies by what is missing in % of GDP, most first; those without a target last."""
    return sorted(report.allies, key=lambda row: (row.missing is None, -(row.missing.share if row.missing else 0.0)))


def pledge_screen(report: PledgeReport, buys: Buys | None, lang: str = "en") -> str:
    """The terminal table, ranked by what is missing, with the sentences above and below it."""
    w = say.pledge_words(lang)
    head = [w(k) for k in ("col_ally", "col_stands", "col_target", "col_missing")]
    head += [w("col_total", to=report.to), w("col_odds", to=report.to), w("col_2029"), w("col_plan")]
    rows = [_screen_row(row, report, w) for row in (*ranked(report), report.group)]
    widths = [max(len(r[k]) for r in [head, *rows]) for k in range(len(head))]

    def line(cells: list[str]) -> str:
        return "  ".join(
            c.ljust(width) if k in (0, len(cells) - 1) else c.rjust(width)
            for k, (c, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    parts = [
        w("title", year=report.year),
        _status(w),
        *_lead(report, w),
        "",
        line(head),
        *(line(row) for row in rows),
        "",
    ]
    if len(report.allies) == 1:
        parts += [
            f"{name}: {value}" + (f" [{of}]" if of else "")
            for name, value, of in _facts(report.allies[0], report, buys, w)
        ]
        parts.append("")
    bought = _buys(buys, w)
    stakes = [f"  {s['path']}: {s['low']} – {s['central']} – {s['high']} {s['unit']}" for s in bought["stakes"]]
    assumed = [w("buys_stakes"), *stakes] if stakes else []
    return "\n".join([*parts, *bought["lines"], *assumed, w("limits_2")])


def _screen_row(row: AllyPledge, report: PledgeReport, w: Words) -> list[str]:
    return [
        say.name(row, w), say.stands(row, w), say.target(row, w), say.amount(row.missing, w), say.amount(row.total, w),
        say.chance(row.odds, w), say.chance(row.odds_2029, w), "" if not row.currency else say.plan(row, w, report.to),
    ]  # fmt: skip


def render(report: PledgeReport, buys: Buys | None, lang: str) -> str:
    """The report as HTML text; every text of a table goes through Jinja's autoescape."""
    from markupsafe import Markup

    from twofront.report.html import page

    w = say.pledge_words(lang)
    top = top_of(report)
    panels = [
        {
            "code": row.code,
            "name": say.name(row, w),
            "lack": _lack(row, w),
            "svg": Markup(path_svg(row, report, w, top, small=True)),  # drawn by us
        }
        for row in ranked(report)
    ]
    allies = [
        {
            "code": row.code,
            "name": say.name(row, w),
            "svg": Markup(path_svg(row, report, w, top, small=False)),  # drawn by us
            "rows": _facts(row, report, buys, w),
        }
        for row in sorted(report.allies, key=lambda r: say.name(r, w))
    ]
    return page(
        "pledge.html", "pledge.css", w=w, lang=lang, sections=SECTIONS, title=w("title", year=report.year),
        facts=_status(w), lead=_lead(report, w),
        panels=panels, caption=w("fig_overview", top=w.number(top)), allies=allies, buys=_buys(buys, w),
        method=w("method", year=report.year, price=PRICE_YEAR, history=say.history(report.history, w),
                 revision=w.percent(report.revision)),
        total_check=_check(report, w),
        sources=[_shown(id_, w) for id_ in report.sources], footer=w("footer", version=twofront.__version__),
        **_table(report, w),
    )  # fmt: skip


def _status(w: Words) -> str:
    """What is counted, at which prices, and the date of the report."""
    return w("facts", price=PRICE_YEAR, status=datetime.now(UTC).date().isoformat())


def _lack(row: AllyPledge, w: Words) -> str:
    if row.missing is None:
        return say.target(row, w)
    return w("reached") if row.missing.share <= 0 else f"−{say.share(row.missing.share, w, 2)} {w('of_gdp')}"


def _table(report: PledgeReport, w: Words) -> dict[str, Any]:
    columns = [
        w("col_ally"), w("col_stands"), w("col_target"), w("col_missing"), w("col_own"),
        w("col_total", to=report.to), w("col_odds", to=report.to), w("col_2029"), w("col_equipment"), w("col_rank"),
        w("col_plan"),
    ]  # fmt: skip
    rows = []
    for row in (*ranked(report), report.group):
        own = f"{say.money(row.missing.own, w)} {row.currency}" if row.missing and row.currency else "–"
        rows.append(
            {
                "sum": not row.currency,
                "cells": [
                    say.name(row, w),
                    say.stands(row, w),
                    say.target(row, w),
                    say.amount(row.missing, w),
                    own,
                    say.amount(row.total, w),
                    _whole(say.chance(row.odds, w)),
                    _whole(say.chance(row.odds_2029, w)),
                    _dated(row, w),
                    f"{row.rank[0]}/{row.rank[1]} ({row.personnel.year})" if row.rank and row.personnel else "–",
                    "" if not row.currency else say.plan(row, w, report.to),
                ],
            }
        )
    return {"columns": columns, "rows": rows}


def _whole(text: str) -> str:
    """A cell that breaks only before its bracket."""
    return text.replace("–", "\N{WORD JOINER}–\N{WORD JOINER}").replace(" %", "\N{NO-BREAK SPACE}%")


def _dated(row: AllyPledge, w: Words) -> str:
    """Equipment share with the year it is of."""
    if not row.currency:
        return "–"
    return f"{say.share(row.equipment.value, w, 1)} ({row.equipment.year})" if row.equipment else w("no_figure")


def _lead(report: PledgeReport, w: Words) -> list[str]:
    aimed = [row for row in report.allies if row.target is not None and row.missing is not None]
    lines = []
    if len(report.allies) > 1:
        planned = [row for row in aimed if row.planned is not None and row.status != "pledged"]
        at = sum(row.missing.share <= 0 for row in aimed if row.missing)
        none = len(aimed) - len(planned)
        lines.append(w("lead", n=len(aimed), at=at, plan=len(planned), none=none))
    group, unit = report.group, f" {w('bn')} USD2024"
    if group.missing and group.total and group.stands:
        lines.append(
            w(
                "lead_group",
                share=say.share(group.stands.value, w, 2),
                missing=say.money(group.missing.usd, w) + unit,
                total=say.money(group.total.usd, w) + unit,
                to=report.to,
            )
        )
    if group.odds:
        lines.append(
            w("lead_odds", history=say.history(report.history, w), to=report.to, odds=say.chance(group.odds, w))
        )
    return lines


def _facts(row: AllyPledge, report: PledgeReport, buys: Buys | None, w: Words) -> list[tuple[str, str, str]]:
    """The lines of an ally's section: what, figure, and edition or source."""
    year, to = report.year, report.to
    note = row.note_de if w.lang == "de" else row.note
    lines = [(w("row_stands", year=year), say.stands(row, w), say.status(row.stands, w) if row.stands else "")]
    lines.append(
        (w("row_target"), f"{say.target(row, w)}" + (f", {row.by}" if row.by else ""), say.source("hague-2025"))
    )
    lines.append((w("row_related"), w("no_figure"), ""))
    lines.append((w("row_plan"), say.plan(row, w, to), say.source(row.plan_source) + (f"; {note}" if note else "")))
    if row.missing and row.total and row.step is not None and row.needed:
        lines.append((w("row_step"), f"{w.number(row.step, 2)} {w('points')}", ""))
        lines.append(
            (
                w("row_missing", year=year),
                _both(row.missing.usd, row.missing.own, row, w),
                say.share(row.missing.share, w, 2) + f" {w('of_gdp')}",
            )
        )
        key = "row_total" if row.planned else "row_total_held"
        lines.append(
            (
                w(key, year=year, after=year + 1, to=to),
                _both(row.total.usd, row.total.own, row, w),
                say.share(row.total.share, w, 2) + f" {w('of_gdp')}",
            )
        )
        if 2029 in row.needed:
            lines.append((w("row_2029"), say.share(row.required(2029), w, 2), ""))
            lines.append((w("row_plan_2029"), say.share(row.planned[2029], w, 2) if row.planned else w("no_plan"), ""))
            lines.append((w("row_odds_2029"), say.chance(row.odds_2029, w), ""))
        lines.append((w("row_odds", to=to), say.chance(row.odds, w), ""))
    lines.append(
        (w("row_equipment"), say.equipment(row, w, EQUIPMENT), say.status(row.equipment, w) if row.equipment else "")
    )
    lines.append((w("row_personnel"), say.rank(row, w), say.status(row.personnel, w) if row.personnel else ""))
    bought = _bought(row, report, buys, w)
    return [*lines, (w("row_buys", to=to), *bought)] if bought else lines


def _both(usd: float, own: float, row: AllyPledge, w: Words) -> str:
    bn = w("bn")
    dollars = f"{say.money(usd, w)} {bn} USD"
    return dollars if row.currency == "USD" else f"{dollars} · {say.money(own, w)} {bn} {row.currency}"


def _bought(row: AllyPledge, report: PledgeReport, buys: Buys | None, w: Words) -> tuple[str, str] | None:
    lacks = lacking(row, report.to)
    if buys is None or lacks is None or buys.year != report.to:
        return None
    change = buys.of(lacks)
    if change is None:
        return None
    return (
        f"{w.points(change)} {w('points')} ({w('col_buys')})",
        f"+{say.money(lacks, w)} {w('bn')} USD2024; {buys.run}",
    )


def _buys(buys: Buys | None, w: Words) -> dict[str, Any]:
    if buys is None:
        return {"lines": [w("buys_none")], "stakes": [], "run": ""}
    lines = [
        w("buys_1", rise=say.money(buys.rise, w), year=buys.year, worlds=w.number(buys.worlds)),
        w(
            "buys_2",
            held=w.percent(buys.held.mean),
            kept=w.percent(buys.kept.mean),
            change=w.points(buys.accepted.mean),
            low=w.points(buys.accepted.low),
            high=w.points(buys.accepted.high),
        ),
    ]
    if buys.gap is not None:
        found = w("gap_met") if buys.gap.state == "met today" else w("gap_beyond")
        if buys.gap.state == "reached" and buys.gap.rise is not None:
            found = w("gap_rise", gap=say.money(buys.gap.rise, w), left=say.money(buys.left or 0.0, w))
        lines.append(w("buys_gap", risk=w.percent(buys.gap.risk), share=w.percent(buys.gap.share), gap=found))
        lines.append(
            w("buys_safe", risk=w.percent(buys.gap.risk), held=w.percent(buys.safe[0]), kept=w.percent(buys.safe[1]))
        )
    stakes = [
        {"path": s.path, "unit": s.unit}
        | {k: w.number(getattr(s, k), 3 if s.high < 1 else 1) for k in ("low", "central", "high")}
        for s in buys.stakes
    ]
    return {"lines": lines, "stakes": stakes, "run": w("buys_run", run=buys.run)}


def _check(report: PledgeReport, w: Words) -> str:
    if report.publisher_total is None:
        return ""
    said, ours = report.publisher_total
    return w("total_check", said=say.money(said, w), ours=say.money(ours, w))


def _shown(id_: str, w: Words) -> dict[str, str]:
    known = reference.sources().get(id_)
    if known is None:
        return {"id": id_, "text": id_, "seen": ""}
    text = f"{known.publisher}, {known.edition}, {known.published}; {known.place}"
    return {"id": id_, "text": text, "seen": w("seen", seen=known.seen)}
