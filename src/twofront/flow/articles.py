"""Articles and claims: read them, and let them move the worlds of a run."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import twofront
from twofront.ensemble import device
from twofront.errors import TwofrontError
from twofront.evidence import Errors, Ledger, Observe
from twofront.flow import record
from twofront.flow.language import check_language
from twofront.flow.outputs import check_outputs
from twofront.scenario import load_scenario
from twofront.store import Run, open_run
from twofront.store.disk import put

if TYPE_CHECKING:
    from twofront.analysis.gaps import EvidenceGap
    from twofront.analysis.observing import Unmapped
    from twofront.analysis.weighing import Weighing
    from twofront.analysis.weights import Observation, Refused
    from twofront.evidence.reader import Reading


@dataclass(frozen=True)
class Read:
    """A finished reading, a line for each file that was written, and what the claims change in a run, if one was given.

    `unmapped`: figures that say nothing about that run, each with the reason.
    """

    reading: Reading
    written: tuple[str, ...]
    weighing: Weighing | None = None
    unmapped: tuple[Unmapped, ...] = ()


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
    run: Run | str | Path | None = None,
    hindcast: bool = False,
    page_lang: str = "en",
) -> Read:
    """Takes articles apart: who claims what by which chain, what is the same, and whether the figures hold.

    Arguments: `articles` files, "-" for standard input; `date` and `outlet` of publication; `lang` "de" or "en"
    (default: by the words); `into` a ledger that gets the claims as unrated proposals; `html`, `jsonl`, `csv` files
    to write ("-" for `jsonl` writes none); `ledger` older claims that an article may echo, a file or a scenario;
    `run` a finished run: what do these claims change in it (`hindcast`: beside the quiet of 2015 to 2024)? `page_lang`
    "en" or "de" is the language of the page.
    Errors: TwofrontError with the place, for a file that cannot be read or is refused, and before anything is written
    for one that would overwrite the article or another output; LedgerError for a ledger.
    """
    from twofront.evidence import load_ledger
    from twofront.evidence.reader import export, read_articles
    from twofront.evidence.reader.into import add_to_ledger

    check_language(page_lang)
    _check_outputs(articles, ledger, into, {"html": html, "jsonl": jsonl, "csv": csv})
    known = load_ledger(ledger) if Path(ledger).suffix == ".toml" else load_scenario(ledger).ledger
    reading = read_articles(articles, date=date, outlet=outlet, lang=lang, ledger=known.claims)
    written: list[str] = []
    opened = run if isinstance(run, Run) or run is None else open_run(run)
    kept = load_ledger(into) if into is not None and Path(into).exists() else Ledger({})
    observes, unmapped = _observed(opened, reading, kept) if opened is not None else ([], [])
    if into is not None:
        errors = known.errors if opened is not None and _own_ledger(opened).errors is None else None
        added, there = add_to_ledger(reading, into, observes, errors)
        written.append(f"{into}: {added} claims added, unrated; {there} were there already and were left alone")
    weighing = None
    if opened is not None:
        weighing = weigh(opened, _as_ledger(reading, observes, kept, known.errors), hindcast=hindcast)
    if html is not None:
        from twofront.report.article import article_page

        labels = opened.manifest["labels"] if opened is not None else {}
        page = article_page(reading, lang=page_lang, weighing=weighing, labels=labels, unmapped=unmapped)
        written.append(f"{export.write(page, html)}: open it in a browser")
    if jsonl is not None and str(jsonl) != "-":
        written.append(f"{export.write(export.jsonl(reading), jsonl)}: one claim a line")
    if csv is not None:
        written.append(f"{export.write(export.table(reading), csv)}: a table of the claims")
    return Read(reading, tuple(written), weighing, tuple(unmapped))


def _check_outputs(
    articles: Sequence[str], ledger: str | Path, into: str | Path | None, files: Mapping[str, str | Path | None]
) -> None:
    """Nothing that is read may be overwritten, and no file written twice; `into` may be the ledger that is read."""
    read: dict[str | Path, str] = {name: "the article itself" for name in articles if name != "-"}
    exports = {option: None if str(file) == "-" and option == "jsonl" else file for option, file in files.items()}
    check_outputs({"into": into}, read)
    older = {ledger: "the ledger of older claims"} if Path(ledger).suffix == ".toml" else {}
    check_outputs(exports, read | older)
    check_outputs({"into": into, **exports}, {})


def _observed(run: Run, reading: Reading, kept: Ledger) -> tuple[list[Observe], list[Unmapped]]:
    """What the figures of a reading say about a run; the scenario's copy in the run knows the codes of its states."""
    from twofront.analysis.observing import proposed

    powers = load_scenario(run.path / "scenario").scenario.powers
    return proposed(run, reading, {power.code: name for name, power in powers.items() if power.code}, kept.claims)


def _as_ledger(reading: Reading, observes: Sequence[Observe], kept: Ledger, errors: Errors | None) -> Ledger:
    """The claims of a reading as a ledger; those that the ledger `kept` has already are as they stand there.

    errors: the table from rating to error where the run's own ledger has none.
    """
    from twofront.evidence.reader.into import proposals

    claims = {claim.id: kept.claims.get(claim.id, claim) for claim in proposals(reading, kept.claims)}
    own = [o for o in kept.observes if o.claim in claims]
    stated = {(o.claim, o.path) for o in own}
    return Ledger(claims, (*own, *(o for o in observes if (o.claim, o.path) not in stated)), errors)


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
    base = _own_ledger(opened)
    given = base if ledger is None else ledger if isinstance(ledger, Ledger) else load_ledger(ledger)
    errors = base.errors or given.errors
    if errors is None and given.observes:
        raise TwofrontError("no table from rating to error: add [errors] to either ledger (docs/evidence.md has one).")
    used: list[Observation] = []
    refused: list[Refused] = []
    if errors is not None:
        claims = {**base.claims, **given.claims}
        used, refused = observations(opened, given.observes, claims, errors, constrain=constrain)
    return weighed(opened, used, refused, quiet_years(opened) if hindcast else None)


def _own_ledger(run: Run) -> Ledger:
    """The ledger that a run carries; empty where its scenario has none."""
    from twofront.evidence import load_ledger

    file = run.path / "scenario" / "ledger.toml"
    return load_ledger(file) if file.is_file() else Ledger({})


def quiet_years(run: Run) -> Any:
    """Probability of the observed quiet of 2015 to 2024 in each world of a run, [world]; solved once, then kept."""
    import numpy as np

    m = run.manifest
    key = f"{m['scenario_hash']} {m['seed']} {m['worlds']} {m['draws']} {twofront.__version__}"
    file = run.path / "hindcast.npz"
    if file.is_file():
        try:
            with np.load(file, allow_pickle=False) as kept:
                if str(kept["key"]) == key:
                    return kept["quiet"]
        except (OSError, ValueError, KeyError):
            pass  # damaged: solved again
    device.use_compile_cache()
    from twofront.ensemble.design import Design
    from twofront.ensemble.hindcast import quiet

    found = quiet(
        load_scenario(run.path / "scenario"),
        int(run.manifest["worlds"]),
        seed=int(run.manifest["seed"]),
        design=Design(**run.manifest["draws"]),
    )
    held = io.BytesIO()
    np.savez(held, quiet=found, key=np.array(key))
    put(file, held.getvalue())
    return found


def gaps(run: Run | str | Path | None = None, scenario: str | Path = "two-fronts") -> list[EvidenceGap]:
    """Uncertain figures that rest on judgement, weak or single-root claims.

    With a run those first that drive its answer most; without one those of `scenario` in its order, unmeasured.
    """
    from twofront.analysis.gaps import evidence_gaps, weak_ground

    if run is not None:
        return evidence_gaps(run if isinstance(run, Run) else open_run(run))
    loaded = load_scenario(scenario)
    claims = [claim.model_dump(mode="json") for claim in loaded.ledger.claims.values()]
    return weak_ground(record.quantities(loaded), claims)
