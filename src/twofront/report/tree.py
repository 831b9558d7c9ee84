"""The solved stage game of one year as a tree one can read: as text for the terminal, as SVG for the report.

Rare branches matter here (nobody attacks in most years), so a branch is kept by how likely it is once the first
move was made, and what is cut is named with its probability.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from twofront.report.words import Words

LEAVES = 44  # before chance that leads to no shown move is cut; more do not fit a printed page
NATURE = "nature"  # who moves where chance decides
SMALLEST = 0.04  # moves below this probability are summed up, first moves aside
ROW, COLUMN, TOP, LEFT = 30, 172, 62, 14
HEADER = 18  # characters of a column's name in one line

Namer = Callable[[str, str], str]  # (stage, move) -> what to call the move


@dataclass
class Branch:
    """A node of the shown part of the tree; `rest` is the probability of moves that are not shown."""

    node: Mapping[str, Any]
    probability: float
    best: bool
    children: list[Branch]
    rest: float = 0.0
    row: float = 0.0


def prune(tree: Mapping[str, Any], leaves: int = LEAVES) -> Branch:
    """Keeps the branches that say most: grown best first until `leaves` are shown."""
    nodes = tree["nodes"]
    below: dict[Any, dict[str, Any]] = {}
    for node in nodes:
        if node["parent"] is not None:
            below.setdefault(node["parent"], {})[node["move"]] = node
    root = Branch(next(n for n in nodes if n["parent"] is None), 1.0, True, [])
    waiting: list[tuple[float, int, Branch]] = [(-1.0, 0, root)]
    shown, count = 1, 1
    while waiting:
        score, _, branch = heapq.heappop(waiting)
        moves = _kept(branch.node.get("moves", []), first=branch is root)
        moves = [m for m in moves if m["move"] in below.get(branch.node["id"], {})]
        if not moves or shown - 1 + len(moves) > leaves:
            continue
        shown += len(moves) - 1
        branch.rest = max(0.0, 1 - sum(m["probability"] for m in moves))
        for move in moves:
            child = Branch(below[branch.node["id"]][move["move"]], move["probability"], bool(move["best"]), [])
            branch.children.append(child)
            # What follows an attack is what the reader asks about, however rare the attack.
            quiet = move["move"] in ("hold", "demonstrate")
            weight = (0.35 if quiet else 1.0) if branch is root else move["probability"] ** 0.5
            heapq.heappush(waiting, (score * weight, count, child))
            count += 1
    _trim(root)
    return root


def _trim(branch: Branch) -> None:
    """Cuts chance off where nobody's move after it is shown: it would say nothing."""
    for child in branch.children:
        _trim(child)
    if branch.node.get("mover") == NATURE and not any(child.children for child in branch.children):
        branch.children, branch.rest = [], 0.0


def _kept(moves: Iterable[Mapping[str, Any]], *, first: bool) -> list[Mapping[str, Any]]:
    ranked = sorted(moves, key=lambda m: -m["probability"])
    kept = [m for m in ranked if first or m["probability"] >= SMALLEST][:4]
    return [m for m in moves if m in kept]


def tree_text(tree: Mapping[str, Any], leaves: int = 60) -> str:
    """The tree as indented text: probability, move, what it is worth to the mover, * for best replies."""
    lines = [
        f"{tree['policy']}, world {tree['world']}, {tree['year']}: "
        "probability, move, value to the mover (% GDP), * best"
    ]

    def walk(branch: Branch, indent: str) -> None:
        values = {m["move"]: m["value_mover"] for m in branch.node.get("moves", [])}
        stage, mover = branch.node.get("stage"), branch.node.get("mover")
        for i, child in enumerate(branch.children):
            last = i == len(branch.children) - 1 and branch.rest < 5e-4
            move = str(child.node["move"])
            mark = " *" if child.best else ""
            head = f"{indent}{'└─' if last else '├─'} {child.probability:6.1%}  {stage} ({mover}): {move}"
            lines.append(f"{head}  {values.get(move, float('nan')):+.2f}{mark}")
            walk(child, indent + ("   " if last else "│  "))
        if branch.children and branch.rest >= 5e-4:
            lines.append(f"{indent}└─ {branch.rest:6.1%}  other moves")

    walk(prune(tree, leaves), "")
    return "\n".join(lines)


def tree_svg(
    tree: Mapping[str, Any],
    words: Words,
    namer: Namer,
    *,
    stages: Mapping[str, str],
    slots: Mapping[str, str],
) -> str:
    """The tree as SVG. `namer` names moves, `stages` the columns, `slots` gives movers their colours."""
    root = prune(tree)
    rows = _place(root, 0.0)
    used = _stages(root)
    columns = {s["name"]: i for i, s in enumerate(s for s in tree["stages"] if s["name"] in used)}
    width, height = LEFT + COLUMN * (len(columns) + 1), int(TOP + ROW * rows + 6)
    out = [f'<svg class="tree" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">']
    for name, i in columns.items():
        for line, part in enumerate(wrap(stages.get(name, name), HEADER)):
            out.append(f'<text class="stage" x="{LEFT + i * COLUMN}" y="{14 + 17 * line}">{escape(part)}</text>')
    _draw(root, columns, out, words, namer, slots)
    out.append("</svg>")
    return "".join(out)


def _place(branch: Branch, row: float) -> float:
    """Gives every branch its row; returns the next free one."""
    if not branch.children:
        branch.row = row
        return row + 1
    for child in branch.children:
        row = _place(child, row)
    branch.row = (branch.children[0].row + branch.children[-1].row) / 2
    return row


def _stages(branch: Branch) -> set[str]:
    below = {name for child in branch.children for name in _stages(child)}
    return below | ({str(branch.node["stage"])} if branch.children else set())


def _draw(
    branch: Branch,
    columns: Mapping[str, int],
    out: list[str],
    words: Words,
    namer: Namer,
    slots: Mapping[str, str],
) -> None:
    if not branch.children:
        return
    stage = str(branch.node["stage"])
    x = LEFT + columns[stage] * COLUMN
    y = TOP + branch.row * ROW
    colour = f"var(--{slots.get(str(branch.node['mover']), 'other')})"
    for child in branch.children:
        end = LEFT + COLUMN * columns[str(child.node["stage"])] if child.children else x + COLUMN
        cy = TOP + child.row * ROW
        thick = 1 + 6 * child.probability
        stop = end - 8 if child.children else x + 48
        path = f"M{x} {y:.1f}C{x + 34} {y:.1f} {x + 14} {cy:.1f} {x + 44} {cy:.1f}L{stop} {cy:.1f}"
        out.append(f'<path class="edge" d="{path}" stroke="{colour}" stroke-width="{thick:.1f}"/>')
        label = f"{words.percent(child.probability)} {namer(stage, str(child.node['move']))}"
        kind = "move best" if child.best else "move"
        place = (x + 48, cy - 5 - thick / 2) if child.children else (x + 53, cy + 4)
        out.append(f'<text class="{kind}" x="{place[0]}" y="{place[1]:.1f}">{escape(label)}</text>')
        _draw(child, columns, out, words, namer, slots)
    out.append(f'<circle cx="{x}" cy="{y:.1f}" r="6" fill="{colour}"/>')
    if branch.rest >= 5e-3:
        rest = words("tree_rest", value=words.percent(branch.rest))
        out.append(f'<text class="rest" x="{x - 9}" y="{y + 15:.1f}" text-anchor="end">{escape(rest)}</text>')
