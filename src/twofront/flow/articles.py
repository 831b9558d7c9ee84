"""Articles and claims: read them, and let them move the worlds of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import twofront
from twofront.errors import TwofrontError
from twofront.evidence import Ledger
from twofront.flow import play
from twofront.scenario import load_scenario
from twofront.store import Run, open_run

if TYPE_CHECKING:
    from twofront.analysis.gaps import EvidenceGap
    from twofront.analysis.weighing import Weighing
    from twofront.analysis.weights import Observation, Refused
    from twofront.evidence.reader import Reading


@dataclass(frozen=True)
class Read:
    """A finished reading, and a line for each file that was written."""

    reading: Reading
    written: tuple[str, ...]


def read(
    articles: Sequence[str],
    *,
    date: str | None = None,
    outlet: str | None = None,
    lang: str | None = None,
    into: str | Path | None = None,
    html: str | Path | None = None,
    jsonl: str | Path | None = None,
    csv: str | Path | None = None,
    ledger: str | Path = "two-fronts",
) -> Read:
    """Takes articles apart: who claims what by which chain, what is the same, and whether the figures hold.

    Arguments: `articles` files, "-" for standard input; `date` and `outlet` of publication; `lang` "de" or "en"
    (default: by the words); `into` a ledger that gets the claims as unrated proposals; `html`, `jsonl`, `csv` files
    to write ("-" for `jsonl` writes none); `ledger` older claims that an article may echo, a file or a scenario.
    Errors: TwofrontError with the place, for a file that cannot be read or is refused; LedgerError for a ledger.
    """
    from twofront.evidence import load_ledger
    from twofront.evidence.reader import export, read_articles
    from twofront.evidence.reader.into import add_to_ledger

    known = load_ledger(ledger) if Path(ledger).suffix == ".toml" else load_scenario(ledger).ledger
    reading = read_articles(articles, date=date, outlet=outlet, lang=lang, ledger=known.claims)
    written: list[str] = []
    if into is not None:
        added, there = add_to_ledger(reading, into)
        written.append(f"{into}: {added} claims added, unrated; {there} were there already and were left alone")
    if html is not None:
        from twofront.report.article import article_page

        written.append(f"{export.write(article_page(reading), html)}: open it in a browser")
    if jsonl is not None and str(jsonl) != "-":
        written.append(f"{export.write(export.jsonl(reading), jsonl)}: one claim a line")
    if csv is not None:
        written.append(f"{export.write(export.table(reading), csv)}: a table of the claims")
    return Read(reading, tuple(written))


def weigh(
    run: Run | str | Path,
    ledger: str | Path | Ledger | None = None,
    *,
    hindcast: bool = True,
    constrain: bool = False,
) -> Weighing:
    """What claims change in a finished run: observations of a ledger, and the quiet of 2015 to 2024.

    Arguments: `ledger` a ledger, its file, or None for the run's own; `hindcast` solves those years once and keeps them
    beside the run (hindcast.npz); `constrain` lets surveys count. Errors: LedgerError, RunError (see analysis.weights).
    """
    from twofront.analysis.weighing import weighed
    from twofront.analysis.weights import observations
    from twofront.evidence import load_ledger

    opened = run if isinstance(run, Run) else open_run(run)
    own = opened.path / "scenario" / "ledger.toml"
    base = load_ledger(own) if own.is_file() else Ledger({})
    given = base if ledger is None else ledger if isinstance(ledger, Ledger) else load_ledger(ledger)
    errors = base.errors or given.errors
    if errors is None and given.observes:
        raise TwofrontError("no table from rating to error: add [errors] to the scenario's ledger.toml.")
    used: list[Observation] = []
    refused: list[Refused] = []
    if errors is not None:
        claims = {**base.claims, **given.claims}
        used, refused = observations(opened, given.observes, claims, errors, constrain=constrain)
    return weighed(opened, used, refused, quiet_years(opened) if hindcast else None)


def quiet_years(run: Run) -> Any:
    """Probability of the observed quiet of 2015 to 2024 in each world of a run, [world]; solved once, then kept."""
    import numpy as np

    key = f"{run.manifest['scenario_hash']} {run.manifest['seed']} {run.manifest['worlds']} {twofront.__version__}"
    file = run.path / "hindcast.npz"
    if file.is_file():
        try:
            with np.load(file, allow_pickle=False) as kept:
                if str(kept["key"]) == key:
                    return kept["quiet"]
        except (OSError, ValueError, KeyError):
            pass  # damaged: solved again
    play.use_compile_cache()
    from twofront.ensemble.hindcast import quiet

    found = quiet(load_scenario(run.path / "scenario"), int(run.manifest["worlds"]), seed=int(run.manifest["seed"]))
    staging = run.path / ".hindcast.unfinished.npz"
    np.savez(staging, quiet=found, key=np.array(key))
    staging.replace(file)
    return found


def gaps(run: Run | str | Path) -> list[EvidenceGap]:
    """Figures of a run that rest on judgement, weak or single-root claims, those first that drive the answer most."""
    from twofront.analysis.gaps import evidence_gaps

    return evidence_gaps(run if isinstance(run, Run) else open_run(run))
