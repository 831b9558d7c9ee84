"""The first screen after `assess`: its blocks on one terminal screen, readable without colour and in a pipe."""

from __future__ import annotations

import textwrap
from pathlib import Path

from twofront.analysis import health
from twofront.report import structures
from twofront.report.reading import ANSWERS, CELLS, PARTS, Reading
from twofront.report.words import Words, words
from twofront.store import Run

WIDTH = 100
POLICIES = 14  # lines for policies; more are counted and left to the report
DRIVERS = 5
TITLE = 56  # characters of a title that shares a line with the facts
WARNING = 240  # of a warning


def first_screen(run: Run, lang: str, report_path: Path | None = None, width: int = WIDTH) -> str:
    """The answer on one screen, as text: what it rests on, the argument, policies, the level, what moves it.

    Arguments: `run` an open run; `lang` "en" or "de"; `report_path` where the report is; `width` in characters
    (60 or more). Errors: ValueError for another language.
    """
    text, reading = words(lang, fronts=len(run.manifest["labels"]["fronts"])), Reading(run, lang)
    width = max(60, min(width, WIDTH))
    blocks = [
        _head(reading, text),
        _argument(reading, text),
        structures.block(reading, text),  # before any mean
        _policies(reading, text),
        _level(reading, text),
        _foot(reading, text, report_path),
    ]
    lines = [line for block in blocks if block for line in [*block, ""]][:-1]
    return "\n".join(part for line in lines for part in _fit(line, width))


def _fit(line: str, width: int) -> list[str]:
    """Breaks a line that is too long; control characters of a scenario's texts never reach the terminal."""
    plain = "".join(c if c.isprintable() else " " for c in line).rstrip()
    if len(plain) <= width:
        return [plain]
    indent = " " * (len(plain) - len(plain.lstrip()) + 2)
    return textwrap.wrap(plain, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _short(name: str, room: int) -> str:
    return name if len(name) <= room else name[: room - 1] + "…"


def _head(reading: Reading, text: Words) -> list[str]:
    m = reading.manifest
    long = len(reading.title) > TITLE
    facts = text(
        "head_facts",
        scenario=m["scenario_name"] if long else reading.title,
        start=m["start"],
        end=m["end"],
        worlds=text.number(m["worlds"]),
        seed=m["seed"],
    )
    inputs = {k: text.number(v) for k, v in m["inputs"].items()}
    given = {"quantities": "–", "sourced": "–", "rated": "–", "judgement": "–"}
    given |= {k: v for k, v in inputs.items() if k in given} | {"rated": inputs.get("rated_c3", "–")}
    title = [_short(reading.title, WIDTH)] if long else []
    return [*title, facts, text("not_forecast"), text("head_inputs", **given)]


def _row(name: str, value: str, error: str, span: str, rest: str = "") -> str:
    return f"  {name:<46}{value:>8} {error:<7}{span:<15}{rest}".rstrip()


def _argument(reading: Reading, text: Words) -> list[str]:
    link = reading.partnership
    if link is None or reading.argument is None:
        return []
    names = {
        "leader": _short(reading.power(link["leader"]), 20),
        "partner": _short(reading.power(link["partner"]), 20),
    }
    lines = [_row(text("screen_argument"), text("median"), text("screen_error"), text("screen_span")).lstrip()]
    for column in ANSWERS:
        spread = getattr(reading.argument, column)
        lines.append(
            _row(
                text(f"screen_{column}", **names),
                text.percent(spread.median),
                text.error(spread.median_error),
                text.span(spread.low, spread.high),
            )
        )
    if reading.verdict is None:
        return lines
    cells = {c.policy: text.percent(c.accepted.median) for c in reading.verdict.cells}
    lines.append(text("screen_verdict", today=cells[CELLS[0]], integration=cells[CELLS[1]], both=cells[CELLS[3]]))
    codes = {
        j.statement: text("code_structure" if structures.depends(reading, "verdict", j.statement) else f"code_{j.code}")
        for j in reading.verdict.judged
    }
    lines.append("  " + text("screen_judged", **codes))
    return lines


def _policies(reading: Reading, text: Words) -> list[str]:
    if not reading.effects:
        return []
    lines = [text("screen_policies", end=reading.manifest["end"])]
    shown = reading.effects
    left_out = max(0, len(shown) - POLICIES)
    if left_out:  # the best and the worst say most
        shown = [*shown[: POLICIES // 2], *shown[len(shown) - POLICIES // 2 :]]
    for place, e in enumerate(shown):
        if left_out and place == POLICIES // 2:
            lines.append("  " + text("screen_more", count=left_out))
        change = e.difference
        relative = reading.relative(change.mean)
        name = _short(reading.policy(e.policy), 32)
        error = text.error(change.mean_error)
        share = ("+" if relative > 0 else "") + text.percent(relative)
        line = f"  {name:<32}{text.points(change.mean):>7} {error:<7}{share:>7}"
        span = f"{text.points(change.low)} … {text.points(change.high)}"
        note = "" if e.separable else "  " + text("not_separable")
        lines.append(f"{line}   {span:<18}{text.percent(e.helps):>7}{note}")
    return lines


def _level(reading: Reading, text: Words) -> list[str]:
    level = reading.headline
    parts = "   ".join(
        f"{text(f'part_{k}')} {text.percent(level.parts[k].mean)}"
        for k in reversed(PARTS)
        if k in level.parts and len(reading.fronts) > 1
    )
    both = text("screen_two", end=level.end)
    lines = [text("screen_level")]
    lines.append(
        _row(
            both,
            text.percent(level.level.median),
            text.error(level.level.median_error),
            text.span(level.level.low, level.level.high),
            text(
                "screen_mean", value=text.percent(level.level.mean) + " " + text.error(level.level.mean_error)
            ).rstrip(),
        )
    )
    lines.append(
        "  "
        + text(
            "screen_above",
            above=f"{text.percent(level.above)} {text.error(level.above_error)}".rstrip(),
            errors=text.percent(level.error_share.median),
        )
    )
    return [*lines, "  " + text("screen_parts", parts=parts)] if parts else lines


def _shown_year(reading: Reading) -> int:
    """The year whose game the run keeps."""
    return int((reading.tree or {}).get("year") or reading.manifest["start"])


def _foot(reading: Reading, text: Words, report: Path | None) -> list[str]:
    lines = []
    if reading.drivers:
        lines.append(text("screen_drivers"))
        for d in reading.drivers[:DRIVERS]:
            kind = text("sourced" if d.sourced else "judgement")
            lines.append(f"  {_short(d.path, 60):<62}{text.percent(d.measure):>7}  {kind}")
    state = health(reading.run, "de" if reading.lang == "de" else "en")
    lines.append(
        text(
            "screen_checks",
            certificate=f"{state.certificate:.0e}",
            conservation=f"{state.conservation:.0e}",
            flagged=text.number(state.flagged),
            worlds=text.number(state.worlds),
        )
    )
    warned = [*state.warnings, *reading.manifest.get("warnings", [])]
    if warned:
        more = f" ({text('screen_more_warnings', count=len(warned) - 1)})" if len(warned) > 1 else ""
        lines.append(text("screen_warning", text=_short(str(warned[0]), WARNING)) + more)
    if report is not None:
        lines.append(text("screen_report", path=report))
    return [*lines, text("screen_next", scenario=reading.manifest["scenario_name"], year=_shown_year(reading))]
