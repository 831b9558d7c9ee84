"""What data there is, as text: tables of the package with coverage and age, editions, revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from twofront import reference
from twofront.reference.editions import data_folder


def coverage() -> list[dict[str, Any]]:
    """Every table of the package: rows, countries, years, and the newest and oldest publication behind it."""
    tables: Mapping[str, Iterable[Any]] = {
        "spending.csv": reference.spendings().values(),
        "economy.csv": reference.economies().values(),
        "nato.csv": reference.nato_figures().values(),
        "plans.csv": reference.plans().values(),
        "quoted.csv": reference.quoted().values(),
    }
    known = reference.sources()
    found = []
    for name, rows in tables.items():
        listed = list(rows)
        dates = sorted(known[row.source].published for row in listed)
        years = [row.year for row in listed if hasattr(row, "year")]
        found.append(
            {
                "table": name,
                "rows": len(listed),
                "countries": len({row.code for row in listed}),
                "years": f"{min(years)}–{max(years)}" if years else "–",
                "sources": f"{dates[0]} … {dates[-1]}",
                "age": age(dates[-1]),
            }
        )
    past = reference.table()
    years = [year for rows in past.values() for year in rows]
    found.append(
        {
            "table": "past_spending.csv",
            "rows": len(years),
            "countries": len(past),
            "years": f"{min(years)}–{max(years)}",
            "sources": known["sipri-milex-2026"].published,
            "age": age(known["sipri-milex-2026"].published),
        }
    )
    return found


def age(published: str) -> str:
    """Months since the newest publication behind a table; a date of a year counts from its end."""
    year, _, rest = published.partition("-")
    now = datetime.now(UTC)
    months = 12 * (now.year - int(year)) + now.month - int(rest[:2] or 12)
    return f"{max(months, 0)} months"


def data_screen() -> str:
    """Tables, editions and revisions."""
    rows = coverage()
    head = list(rows[0])
    widths = [max(len(str(r[k])) for r in [dict(zip(head, head, strict=True)), *rows]) for k in head]
    lines = [f"Tables of the package (on {datetime.now(UTC).date().isoformat()})"]
    for cells in (head, *(list(map(str, r.values())) for r in rows)):
        lines.append("  ".join(c.ljust(n) for c, n in zip(cells, widths, strict=True)).rstrip())
    known = reference.editions()
    lines += ["", f"Editions you have added ({data_folder()})"]
    lines += [line for edition in known for line in edition_lines(edition)] or [
        "none; the tables above are used. Add a publisher's file: twofront data add FILE"
    ]
    return "\n".join([*lines, "", *_revised()])


def edition_lines(edition: reference.Edition) -> list[str]:
    """An edition: name, date, file, hash, and what it covers."""
    lines = [f"{edition.name}  {edition.date}  {edition.file}  sha256 {edition.hash[:16]}…  added {edition.added[:10]}"]
    for measure, m in edition.measures.items():
        marked = f", {m['marked']} marked as estimate or projection" if m["marked"] else ""
        lines.append(
            f"  {measure.ljust(12)} {m['unit']}: {m['countries']} countries, {m['first']}–{m['last']}, "
            f"{m['figures']} figures{marked}"
        )
    return lines


def _revised() -> list[str]:
    """How publications state the same growth, and the spread of revisions by age of the figure."""
    found = reference.revisions("RUS", 2024)
    said = "; ".join(f"{name} {value:g}%" for name, value in found.stated)
    lines = ["How the same figure was published", f"Russia, real growth of military spending 2024: {said}"]
    lines.append(f"  spread {found.spread:.0f} points")
    spreads = [(age, reference.revision_spread(age)) for age in (0, 1, 2)]
    for age, spread in spreads:
        if spread:
            which = ("newest year", "the year before", "two years before")[age]
            lines.append(
                f"Shares of GDP, {which}: the next edition moved them by "
                f"{100 * spread[0]:.0f}% (standard deviation, {spread[1]} countries)"
            )
    if not any(spread for _, spread in spreads):
        lines.append("Add two editions of SIPRI's file to see how far recent figures are revised.")
    return lines
