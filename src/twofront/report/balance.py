"""The balance of two powers as text: like for like first, and the mixed comparison named as such."""

from __future__ import annotations

from twofront import reference
from twofront.analysis.balance import Amount, Balance, BalanceRow
from twofront.report.pledge_words import pledge_words, source, title
from twofront.report.words import Words

UNITS = {"first PPP, second market": "unit_mixed", "bn USD2024, military prices": "unit_military"}


def balance_screen(found: Balance, lang: str = "en") -> str:
    """The table and its sentences. ValueError for any language but "en" and "de"."""
    w = pledge_words(lang)
    first, second = title(found.first, w), title(found.second, w)
    head = [w("bal_basis"), first, second, w("bal_ratio"), w("bal_unit")]
    like = [_cells(row, w) for row in found.rows]
    mixed = [_cells(row, w) for row in found.mixed]
    widths = [max(len(r[k]) for r in [head, *like, *mixed]) for k in range(5)]

    def line(cells: list[str]) -> str:
        shown = [c.rjust(n) if 0 < k < 4 else c.ljust(n) for k, (c, n) in enumerate(zip(cells, widths, strict=True))]
        return "  ".join(shown).rstrip()

    parts = [w("bal_head", year=found.year, first=first, second=second), ""]
    parts += [line(head), w("bal_like"), *map(line, like), w("bal_mixed"), *map(line, mixed), ""]
    parts += _sentences(found, first, second, w)
    factors = [q for q in reference.quoted().values() if q.id.startswith("military-ppp")]
    named = ", ".join(f"{q.code} {q.year}: {w.number(q.value, 1)} ({source(q.source)})" for q in factors)
    parts.append(w("bal_range", items=named))
    marks = tuple(f"{of}: {w(mark)}" for of, _, mark in (item.partition(": SIPRI ") for item in found.marks))
    for key, items in (("bal_marks", marks), ("bal_missing", found.missing)):
        if items:
            parts.append(w(key, items=", ".join(items[:8]) + (" …" if len(items) > 8 else "")))
    return "\n".join(parts)


def _sentences(found: Balance, first: str, second: str, w: Words) -> list[str]:
    ratios = [row.ratio for row in found.rows if row.ratio]
    if not ratios:
        return [w("no_figure")]
    below, above = all(high < 1 for _, high in ratios), all(low > 1 for low, _ in ratios)
    lines = [w("bal_second" if below else "bal_first" if above else "bal_both", first=first, second=second)]
    ahead = next((row.ratio for row in found.mixed if not row.like_for_like and row.ratio and row.ratio[0] > 1), None)
    if below and ahead:
        lines.append(w("bal_trap", first=first, ratio=w.number(ahead[0], 2)))
    return lines


def _cells(row: BalanceRow, w: Words) -> list[str]:
    ratio = "–"
    if row.ratio:
        low, high = (w.number(value, 2) for value in row.ratio)
        ratio = low if low == high else f"{low}–{high}"
    unit = w(UNITS[row.unit]) if row.unit in UNITS else row.unit.removeprefix("bn ")
    return [w(f"bal_{row.basis.replace(' ', '_')}"), _amount(row.first, w), _amount(row.second, w), ratio, unit]


def _amount(found: Amount | None, w: Words) -> str:
    if found is None:
        return w("no_figure")
    digits = 0 if found.high >= 10 else 2
    low, high = w.number(found.low, digits), w.number(found.high, digits)
    return low if low == high else f"{low}–{high}"
