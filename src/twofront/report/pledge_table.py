"""The pledge as tables for a spreadsheet: one row an ally, one row an ally and year. Missing figures stay empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twofront import reference
from twofront.analysis.buys import Buys
from twofront.analysis.persistence import Odds
from twofront.analysis.pledge import AllyPledge, Figure, PledgeReport
from twofront.store.disk import put

Record = dict[str, Any]


def records(report: PledgeReport, buys: Buys | None) -> list[Record]:
    """One record for each ally and the group: units stand in the names of the columns."""
    return [_record(row, report, buys) for row in (*report.allies, report.group)]


def _record(row: AllyPledge, report: PledgeReport, buys: Buys | None) -> Record:
    to = report.to
    path = row.planned or {}
    needed = row.needed or {}
    gap = lacking(row, to)
    return {
        "code": row.code,
        "name": reference.countries()[row.code].name if row.currency else "Europe and Canada",
        "year": report.year,
        **_figure("core_share_pct_gdp", row.stands),
        "definition": row.definition,
        "target_pct_gdp": row.target,
        "target_year": row.by,
        "related_pct_gdp": row.related.value if row.related else "no published figure",
        "pledge": row.status,
        "plan": _plan(row),
        "plan_2029_pct_gdp": path.get(2029),
        f"plan_{to}_pct_gdp": path.get(to),
        "plan_source": row.plan_source,
        "equal_steps_2029_pct_gdp": row.required(2029) if 2029 in needed else None,
        "equal_steps_points_a_year": row.step,
        "missing_now_pct_gdp": row.missing.share if row.missing else None,
        "missing_now_bn_usd2024": row.missing.usd if row.missing else None,
        "missing_now_bn_own_2024_prices": row.missing.own if row.missing and row.currency else None,
        f"missing_to_{to}_bn_usd2024": row.total.usd if row.total else None,
        f"missing_to_{to}_bn_own_2024_prices": row.total.own if row.total and row.currency else None,
        f"missing_to_{to}_pct_gdp": row.total.share if row.total else None,
        "currency": row.currency,
        **_odds(f"odds_{to}", row.odds),
        **_odds("odds_2029", row.odds_2029),
        **_figure("equipment_pct", row.equipment),
        **_figure("personnel_thousand", row.personnel),
        "personnel_rank": row.rank[0] if row.rank else None,
        "personnel_ranked": row.rank[1] if row.rank else None,
        "model_change_of_acceptance": buys.of(gap) if buys is not None and gap is not None else None,
    }


def _plan(row: AllyPledge) -> str:
    if row.planned is not None or row.status in ("group", "no forces"):
        return row.status
    return "plan ended" if row.status == "plan" else "no plan found"


def lacking(row: AllyPledge, year: int) -> float | None:
    """What the path lacks in a year, bn USD2024."""
    required, path = row.required(year) if row.needed else None, row.path
    return None if required is None or path is None else max(required - path[year], 0.0) / 100 * row.gdp[year]


def _figure(name: str, figure: Figure | None) -> Record:
    return {
        name: round(figure.value, figure.digits) if figure else None,
        f"{name}_year": figure.year if figure else None,
        f"{name}_status": figure.status if figure else "no published figure",
        f"{name}_source": figure.source if figure else None,
    }


def _odds(name: str, found: Odds | None) -> Record:
    parts = ("central", "low", "high")
    return {f"{name}_{part}": round(getattr(found, part), 3) if found else None for part in parts}


def path_records(report: PledgeReport) -> list[Record]:
    """One record for each ally and year: the paths, and four of five futures."""
    rows = []
    for row in (*report.allies, report.group):
        for year, gdp in row.gdp.items():
            low, high = (row.fan or {}).get(year, (None, None))
            rows.append(
                {
                    "code": row.code,
                    "year": year,
                    "gdp_bn_usd2024": gdp,
                    "equal_steps_pct_gdp": (row.needed or {}).get(year),
                    "plan_pct_gdp": (row.planned or {}).get(year),
                    "futures_p10_pct_gdp": low,
                    "futures_p90_pct_gdp": high,
                }
            )
    return rows


def write_csv(path: Path, rows: Sequence[Record]) -> Path:
    """A CSV in UTF-8 with comma and decimal point; whole or absent."""
    held = io.StringIO()
    writer = csv.DictWriter(held, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _plain(value) for key, value in row.items()} for row in rows)
    put(path, held.getvalue().encode())
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Record]]) -> Path:
    """A workbook, one sheet a table, header frozen; texts are written as texts and never as formulas."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([_plain(value) for value in row.values()])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        for k, key in enumerate(rows[0], start=1):
            sheet.cell(1, k).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(k)].width = max(10, min(len(key) + 2, 34))
        sheet.freeze_panes = "C2"
    held = io.BytesIO()
    book.save(held)
    put(path, held.getvalue())
    return path


def _plain(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
