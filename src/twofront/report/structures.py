"""How far each line of the first screen moves under other structures: the block of the screen, rows of the report."""

from __future__ import annotations

from typing import Any

from twofront.analysis import Grid, Line
from twofront.analysis.structure import Kind
from twofront.report.reading import CELLS, Reading
from twofront.report.words import Words

SHOWN_CELLS = (CELLS[1], CELLS[3])  # conditions that the first screen names
SHOWN_TURNS = 6  # policies that turn; more are counted
NAME, FURTHEST = 46, 26  # characters


def moving(reading: Reading, text: Words, grid: Grid) -> list[tuple[str, Line]]:
    """Lines that are shares, each with the words that the screen has for it."""
    named = []
    for line in grid.lines:
        if line.kind == "answer":
            named.append((text(f"answer_{line.name}"), line))
        elif line.kind == "cell" and line.name in SHOWN_CELLS:
            named.append((text("structure_cell", cell=text(f"cell_{line.name}")), line))
        elif line.kind == "level":
            both = text("screen_two", end=reading.manifest["end"])
            named.append((f"{both} ({text('median' if line.name == 'median' else 'mean')})", line))
    return named


def signed(reading: Reading, text: Words, grid: Grid) -> list[tuple[str, Line]]:
    """Sentences of the verdict and effects of policies: lines whose code or sign may turn."""
    judged = [(text(f"statement_{line.name}"), line) for line in grid.of("verdict")]
    return judged + [(reading.policy(line.name), line) for line in grid.of("policy")]


def depends(reading: Reading, kind: Kind, name: str) -> str:
    """The variants that a headline on this line depends on, by name; empty where a headline may state it."""
    line = reading.structure.line(kind, name) if reading.structure else None
    return "" if line is None or line.settled else "; ".join(reading.variant(key) for key in line.breaks)


def block(reading: Reading, text: Words) -> list[str]:
    """The block of the first screen; empty for a run without variants."""
    grid = reading.structure
    if grid is None:
        return []
    worlds = text.number(grid.worlds)
    lines = [text("screen_structure", structures=grid.structures, worlds=worlds)]
    for name, line in moving(reading, text, grid):
        far = reading.variant(line.furthest)[:FURTHEST] if line.furthest else ""
        span = text.span(line.low, line.high)
        lines.append(f"  {name[:NAME]:<{NAME}}{text.percent(line.here):>7}  {span:<15}{far}".rstrip())
    both = signed(reading, text, grid)
    loose = [(name, line) for name, line in both if not line.settled]
    lines.append("  " + text("structure_signs", held=len(both) - len(loose), count=len(both)))
    for name, line in loose[:SHOWN_TURNS]:
        on = depends(reading, line.kind, line.name)
        lines.append("  " + text("structure_turns", name=name, holds=line.holds, structures=grid.structures, on=on))
    if len(loose) > SHOWN_TURNS:
        lines.append("  " + text("screen_more", count=len(loose) - SHOWN_TURNS))
    return lines


def contents(reading: Reading, text: Words) -> dict[str, Any]:
    """Tables of the report: what moves how far, which sign turns where, and the variants; None without variants."""
    grid = reading.structure
    if grid is None:
        return {"structure": None}
    intro = text(
        "structure_intro",
        structures=grid.structures,
        worlds=text.number(grid.worlds),
        drawn=text.number(grid.drawn),
    )

    def value(line: Line, number: float) -> str:
        return text.points(number) if line.kind == "policy" else text.percent(number)

    def row(name: str, line: Line) -> dict[str, Any]:
        return {
            "name": name,
            "here": value(line, line.here),
            "values": [value(line, number) for number in line.values.values()],
            "holds": f"{line.holds}/{grid.structures}" if line.signs else "",
            "on": "; ".join(reading.variant(key) for key in line.breaks),
        }

    rows = [row(*named) for named in (*moving(reading, text, grid), *signed(reading, text, grid))]
    names = [{"name": reading.variant(name), "flagged": text.number(grid.flagged[name])} for name in grid.variants]
    own = text.number(grid.flagged[""])
    return {"structure": {"intro": intro, "variants": names, "rows": rows, "flagged": own}}
