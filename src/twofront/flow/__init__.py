"""READ FIRST: the whole product on one page. Each call below is the door to one room.

    scenario  ->  draws  ->  worlds x policies, each solved  ->  run folder  ->  analysis  ->  report

`assess` does all of it; `run` stops at the run folder, `write_report` starts there. Beside it stand the questions about
money (`pledge`, `balance`) and the claims (`read`, `weigh`, `gaps`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twofront.flow.articles import Read, gaps, quiet_years, read, weigh
from twofront.flow.bundles import Reproduced, bundle, reproduce
from twofront.flow.language import LANGUAGES, check_language
from twofront.flow.money import Money, balance, pledge
from twofront.flow.outputs import check_outputs
from twofront.flow.play import (
    BASELINE,
    STRUCTURE_WORLDS,
    WORLDS,
    check_variants,
    choose_policies,
    median_world,
    play_variants,
    run,
    shown_year,
    solved_tree,
    structure,
)
from twofront.flow.record import data_used
from twofront.flow.shelve import HOW, How
from twofront.scenario import load_scenario
from twofront.store import Run, open_run
from twofront.store.places import check_place

if TYPE_CHECKING:
    from twofront.ensemble.sweep import Progress

__all__ = [
    "BASELINE",
    "HOW",
    "LANGUAGES",
    "STRUCTURE_WORLDS",
    "WORLDS",
    "Assessment",
    "How",
    "Money",
    "Read",
    "Reproduced",
    "assess",
    "balance",
    "bundle",
    "check_language",
    "check_outputs",
    "choose_policies",
    "data_used",
    "gaps",
    "median_world",
    "play_variants",
    "pledge",
    "quiet_years",
    "read",
    "reproduce",
    "run",
    "shown_year",
    "solved_tree",
    "structure",
    "weigh",
    "write_report",
]


@dataclass(frozen=True)
class Assessment:
    """A finished assessment: its run, its report, and the first screen as text."""

    run: Run
    report: Path
    screen: str


def assess(
    scenario: str | Path = "two-fronts",
    *,
    worlds: int = WORLDS,
    seed: int = 0,
    policies: Sequence[str] | None = None,
    draws: str = "sobol",
    lang: str = "en",
    out: str | Path | None = None,
    structure: bool = False,
    structure_worlds: int = STRUCTURE_WORLDS,
    how: How = HOW,
    progress: Progress | None = None,
) -> Assessment:
    """Plays a scenario through many worlds under every policy and writes run folder and report.

    Arguments: `scenario` a folder or the name of a bundled scenario; `worlds` is rounded up to a power of two;
    `policies` names (default: all); the baseline and the conditions of the verdict are always played; `draws` how
    worlds are drawn ("sobol", "monte-carlo", "latin-hypercube"); `lang` "en" or "de"; `out` the run folder (default:
    runs/<scenario>-seed<seed> in the current folder); `structure` also plays the scenario's structural variants, in at
    most `structure_worlds` of these worlds; `how` engine, workers, and what to do with an earlier run in the folder
    (which is continued).
    Errors: ScenarioError with every finding, RunError where the run folder cannot be written, TwofrontError for an
    unknown policy or language, and for `structure` where the scenario has no variants.
    """
    from twofront.report import first_screen

    check_language(lang)  # before the work, not after it
    loaded = load_scenario(scenario)
    if structure:
        check_variants(loaded)
    done = run(loaded, worlds=worlds, seed=seed, policies=policies, draws=draws, out=out, how=how, progress=progress)
    if structure:
        fewer = min(worlds, structure_worlds)
        play_variants(loaded, done.path, worlds=fewer, seed=seed, how=how, progress=progress)
    report = write_report(done, lang=lang)
    return Assessment(done, report, first_screen(done, lang, report))


def write_report(run: Run | str | Path, *, out: str | Path | None = None, lang: str = "en") -> Path:
    """Writes the report of a run as one HTML file and returns its path.

    Arguments: `run` a run or its folder; `out` a file or a folder (default: report.html or bericht.html in the run
    folder); `lang` "en" or "de". Errors: RunError for a damaged run and for a file that would be lost (another file of
    the run, or one that is no HTML), TwofrontError for an unknown language.
    """
    from twofront.report.html import FILE_NAMES
    from twofront.report.html import write_report as write

    check_language(lang)
    opened = run if isinstance(run, Run) else open_run(run)
    page = Path(out) if out is not None else opened.path
    page = page / FILE_NAMES[lang] if page.is_dir() else page
    check_place(opened, page, ".html", ".htm")
    return write(opened, page, lang)
