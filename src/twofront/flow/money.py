"""Questions about money: the yearly report on the pledge, and two powers on every price basis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twofront.flow import play
from twofront.flow.language import check_language
from twofront.scenario import load_scenario
from twofront.store import Run, open_run

if TYPE_CHECKING:
    from twofront.analysis import Balance, PledgeReport
    from twofront.ensemble.sweep import Progress


@dataclass(frozen=True)
class Money:
    """An answer about money: the figures, the first screen as text, and the files that were written."""

    answer: PledgeReport | Balance
    screen: str
    files: tuple[Path, ...] = ()


def pledge(
    *,
    ally: str | None = None,
    year: int = 2025,
    to: int = 2035,
    out: str | Path | None = None,
    run: str | Path | Run | None = None,
    worlds: int = 0,
    seed: int = 0,
    lang: str = "en",
    progress: Progress | None = None,
) -> Money:
    """Where each ally stands on the Hague pledge, what is missing, how likely it arrives, and what it would buy.

    Arguments: `ally` ISO codes or names, separated by commas (default: all); `year` the year of the published
    figures, `to` the last year; `out` a folder for CSV, workbook and HTML; `run` a finished run that the last question
    is read from (default: runs/two-fronts-seed0 where it exists); `worlds` > 0 solves the bundled scenario for it now,
    into `out`/run. Errors: DataError, RunError, TwofrontError.
    """
    from twofront import analysis
    from twofront.report.pledge import pledge_screen, write_pledge

    check_language(lang)
    found = analysis.pledge(year, to, ally)
    solved = _solved_pledge(run, worlds, seed, out, progress)
    bought = analysis.buys(solved) if solved is not None else None
    files = tuple(write_pledge(found, bought, Path(out), lang)) if out is not None else ()
    return Money(found, pledge_screen(found, bought, lang), files)


def _solved_pledge(
    given: str | Path | Run | None, worlds: int, seed: int, out: str | Path | None, progress: Progress | None
) -> Run | None:
    """The run that says what the pledge buys: the one named, one played now, or the usual one if it is there."""
    if given is not None:
        return given if isinstance(given, Run) else open_run(given)
    if worlds <= 0:
        usual = Path("runs") / "two-fronts-seed0"
        return open_run(usual) if (usual / "manifest.json").exists() else None
    from twofront.analysis.buys import KEPT, STALLED

    loaded = load_scenario("two-fronts")
    needed = [p.name for p in loaded.policies.values() if p.role == "ladder" or p.name in (KEPT, STALLED)]
    folder = Path(out) / "run" if out is not None else Path("runs") / f"pledge-seed{seed}"
    return play.run(loaded, worlds=worlds, seed=seed, policies=needed, out=folder, progress=progress)


def balance(first: str, second: str, *, year: int = 2024, lang: str = "en") -> Money:
    """Two powers or groups on every price basis, like for like, and the mixed comparison named as such.

    Errors: DataError for an unknown name or a year without figures, TwofrontError for an unknown language.
    """
    from twofront import analysis
    from twofront.report.balance import balance_screen

    check_language(lang)
    found = analysis.balance(first, second, year)
    return Money(found, balance_screen(found, lang))
