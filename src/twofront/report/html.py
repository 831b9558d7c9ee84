"""Writes the report: one HTML file that loads nothing, says its limits first and its levels last.

Every text of a scenario goes through Jinja's autoescape; the only markup that does not is what we draw ourselves.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from twofront.report.figures import FIGURES, PALETTE, draw
from twofront.report.network import network_svg
from twofront.report.pages import contents
from twofront.report.reading import Reading
from twofront.report.tree import tree_svg
from twofront.report.words import Words, words
from twofront.store import Run
from twofront.store.disk import put

SECTIONS = (
    "use",
    "argument",
    "unknown",
    "policies",
    "mechanism",
    "drivers",
    "world",
    "history",
    "evidence",
    "limits",
)
TEMPLATES = Path(__file__).parent / "templates"
FILE_NAMES = {"en": "report.html", "de": "bericht.html"}


def write_report(run: Run, out: Path | None = None, lang: str = "en") -> Path:
    """Writes the report of a run as one self-contained HTML file and returns its path.

    Arguments: `run` an open run; `out` the file, or a folder to put it in (default: the run's folder); `lang` "en"
    or "de". Errors: ValueError for another language; RunError where the file cannot be written.
    """
    text = words(lang, fronts=len(run.manifest["labels"]["fronts"]))
    target = Path(out) if out is not None else run.path
    if target.is_dir():
        target = target / FILE_NAMES[lang]
    put(target, render(Reading(run, lang), text).encode())  # whole or absent
    return target


def page(template: str, *sheets: str, **values: Any) -> str:
    """A template filled: what is put in is escaped, a name it does not know is an error, only our own style applies."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    room = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = stylesheet(*sheets)
    return room.get_template(template).render(css=Markup(css), csp=policy(css), **values)


def render(reading: Reading, text: Words) -> str:
    """The report as HTML text."""
    from markupsafe import Markup

    svgs = {name: Markup(svg) for name, svg in drawings(reading, text).items()}  # drawn by us
    return page("report.html", w=text, lang=text.lang, sections=SECTIONS, figures=svgs, **contents(reading, text))


def stylesheet(*more: str) -> str:
    """The style sheet with both palettes in front, and what a page adds to it; print is always light."""

    def block(side: int) -> str:
        return "".join(f"--{slot}:{colours[side]};" for slot, colours in PALETTE.items())

    css = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", *more))
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{block(1)}}}}}"
    return f":root{{color-scheme:light dark;{block(0)}}}{dark}\n{css}"


def policy(css: str) -> str:
    """The content security policy: nothing may be loaded or run, and only this one style sheet applies."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def drawings(reading: Reading, text: Words) -> dict[str, str]:
    """Every figure that this run has something to draw for, as SVG with its caption as accessible name."""
    found = {}
    for name, figure in FIGURES.items():
        spec = figure(reading, text)
        if spec is not None:
            found[name] = _labelled(draw(spec, text.lang, name), text(f"fig_{name}"))
    if reading.tree:
        caption = text("fig_tree", year=reading.tree["year"], world=reading.tree["world"])
        found["tree"] = _labelled(_tree(reading, reading.tree, text), caption)
    network = network_svg(reading, text)
    if network is not None:
        found["network"] = network
    return found


def _labelled(svg: str, caption: str) -> str:
    body = svg[svg.index("<svg") :].replace(' role="img"', "", 1)
    return body.replace("<svg", f'<svg role="img" aria-label="{escape(caption, quote=True)}"', 1)


def _tree(reading: Reading, tree: Mapping[str, Any], text: Words) -> str:
    fronts = reading.labels["fronts"]

    def name(stage: str, move: str) -> str:
        key = f"move_{move.replace(' ', '_')}"
        return text(key) if key in text else reading.option(stage, move) if stage in fronts else move.replace("_", " ")

    def stage(key: str) -> str:
        if key in fronts:
            return f"{reading.power(str(fronts[key]['challenger']))}: {reading.front(key)}"
        return text("stage_call") if key == "call" else reading.power(key)

    slots = {power: reading.slot(power) for power in reading.powers}
    return tree_svg(tree, text, name, stages={s["name"]: stage(s["name"]) for s in tree["stages"]}, slots=slots)
