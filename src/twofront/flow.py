"""READ FIRST: the whole product on one page. Each call below is the door to one room.

    scenario  ->  draws  ->  worlds x policies, each solved  ->  run folder  ->  analysis  ->  report

`assess` does all of it; `run` stops at the run folder, `write_report` starts there.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import twofront
from twofront.errors import TwofrontError, did_you_mean
from twofront.evidence import Ledger
from twofront.scenario import Loaded, Policy, load_scenario
from twofront.store import Run, RunWriter, open_run

if TYPE_CHECKING:
    from twofront.analysis import Balance, PledgeReport
    from twofront.analysis.gaps import EvidenceGap
    from twofront.analysis.structure import Grid
    from twofront.analysis.weighing import Weighing
    from twofront.analysis.weights import Observation, Refused
    from twofront.ensemble.sweep import Progress
    from twofront.evidence.reader import Reading

WORLDS = 1024
STRUCTURE_WORLDS = 1024  # worlds in which structures are compared
BASELINE = "baseline"
LANGUAGES = ("en", "de")
SHOWN_YEAR = 2027  # the year whose stage game the report draws; the middle year where a scenario does not hold it


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
    lang: str = "en",
    out: str | Path | None = None,
    structure: bool = False,
    structure_worlds: int = STRUCTURE_WORLDS,
    progress: Progress | None = None,
) -> Assessment:
    """Plays a scenario through many worlds under every policy and writes run folder and report.

    Arguments: `scenario` a folder or the name of a bundled scenario; `worlds` is rounded up to a power of two;
    `policies` names (default: all); the baseline and the conditions of the verdict are always played; `lang` "en"
    or "de"; `out` the run folder (default: runs/<scenario>-seed<seed> in the current folder); `structure` also plays
    the scenario's structural variants, in at most `structure_worlds` of these worlds.
    Errors: ScenarioError with every finding, RunError where the run folder cannot be written, TwofrontError for an
    unknown policy or language, and for `structure` where the scenario has no variants.
    """
    from twofront.report import first_screen

    _check_language(lang)  # before the work, not after it
    loaded = load_scenario(scenario)
    if structure:
        _check_variants(loaded)
    done = run(loaded, worlds=worlds, seed=seed, policies=policies, out=out, progress=progress)
    if structure:
        fewer = min(worlds, structure_worlds)
        play_variants(loaded, done.path, worlds=fewer, seed=seed, policies=policies, progress=progress)
    report = write_report(done, lang=lang)
    return Assessment(done, report, first_screen(done, lang, report))


def run(
    scenario: str | Path | Loaded = "two-fronts",
    *,
    worlds: int = WORLDS,
    seed: int = 0,
    policies: Sequence[str] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Plays a scenario and leaves a run folder: every world under every policy, and all that is needed to redo it."""
    loaded = scenario if isinstance(scenario, Loaded) else load_scenario(scenario)
    chosen = choose_policies(loaded, policies)
    folder = Path(out) if out is not None else Path("runs") / f"{loaded.folder.name}-seed{seed}"
    _use_compile_cache()

    from twofront.analysis.outcomes import main_outcome
    from twofront.ensemble import simulate, sweep
    from twofront.ensemble.design import round_worlds

    count = round_worlds(worlds)
    writer = RunWriter(folder)
    began = time.perf_counter()
    solve = simulate.solver(loaded)
    sweep.warm_up(loaded, solve, seed=seed)
    compiled = time.perf_counter() - began
    median: int | None = None
    for outcome in sweep.sweep(
        loaded, chosen, count, solve=solve, seed=seed, progress=progress or (lambda policy, done, total: None)
    ):
        writer.write_policy(outcome.policy, outcome.worlds, outcome.years, _years(loaded))
        if outcome.policy == BASELINE:
            median = median_world(outcome.worlds[main_outcome(list(loaded.scenario.fronts))], outcome.worlds["flagged"])
    seconds = time.perf_counter() - began - compiled
    _write_draws(writer, loaded, count, seed)
    writer.write_json("tree.json", solved_tree(loaded, shown_year(loaded), world=median or 0, seed=seed))
    writer.write_json("quantities.json", _quantities(loaded))
    writer.write_json("claims.json", [claim.model_dump(mode="json") for claim in loaded.ledger.claims.values()])
    writer.write_json("members.json", {k: [_plain(m) for m in rows] for k, rows in loaded.members.items()})
    writer.write_scenario(loaded.texts)
    writer.finish(_manifest(loaded, chosen, count, seed, seconds, compiled))
    return open_run(folder)


_play = run  # `pledge` has an argument of that name


def play_variants(
    loaded: Loaded,
    folder: str | Path,
    *,
    worlds: int = STRUCTURE_WORLDS,
    seed: int = 0,
    policies: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> dict[str, Run]:
    """Plays every structural variant in the first worlds of the run in `folder`, each as a run under structure/<name>.

    Arguments: as for `run`, with the seed and the policies of the run in `folder`. `analysis.grid` then compares.
    Errors: TwofrontError for a scenario without variants.
    """
    from twofront.analysis.structure import FOLDER

    _check_variants(loaded)
    found = {}
    for name in loaded.scenario.structure:

        def named(policy: str, done: int, total: int, name: str = name) -> None:
            if progress is not None:
                progress(f"{name}: {policy}", done, total)

        place = Path(folder) / FOLDER / name
        found[name] = run(loaded.varied(name), worlds=worlds, seed=seed, policies=policies, out=place, progress=named)
    return found


def structure(
    scenario: str | Path | Loaded = "two-fronts",
    *,
    worlds: int = STRUCTURE_WORLDS,
    seed: int = 0,
    policies: Sequence[str] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Grid:
    """Plays a scenario and its structural variants in the same worlds and says how far each line moves.

    Arguments as for `run`. Errors: those of `run`, and TwofrontError for a scenario without variants.
    """
    from twofront.analysis import grid

    loaded = scenario if isinstance(scenario, Loaded) else load_scenario(scenario)
    _check_variants(loaded)
    own = run(loaded, worlds=worlds, seed=seed, policies=policies, out=out, progress=progress)
    found = grid(own, play_variants(loaded, own.path, worlds=worlds, seed=seed, policies=policies, progress=progress))
    assert found is not None  # there is a variant
    return found


def write_report(run: Run | str | Path, *, out: str | Path | None = None, lang: str = "en") -> Path:
    """Writes the report of a run as one HTML file and returns its path.

    Arguments: `run` a run or its folder; `out` a file or a folder (default: report.html or bericht.html in the run
    folder); `lang` "en" or "de". Errors: RunError for a damaged run, TwofrontError for an unknown language.
    """
    from twofront import report

    _check_language(lang)
    opened = run if isinstance(run, Run) else open_run(run)
    return report.write_report(opened, Path(out) if out is not None else None, lang)


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

    Arguments: `ally` an ISO code or name (default: all); `year` the year of the published figures, `to` the last
    year; `out` a folder for CSV, workbook and HTML; `run` a finished run that the last question is read from
    (default: runs/two-fronts-seed0 where it exists);
    `worlds` > 0 solves the bundled scenario for it now, into `out`/run. Errors: DataError, RunError, TwofrontError.
    """
    from twofront import analysis
    from twofront.report.pledge import pledge_screen, write_pledge

    _check_language(lang)
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
    return _play(loaded, worlds=worlds, seed=seed, policies=needed, out=folder, progress=progress)


def balance(first: str, second: str, *, year: int = 2024, lang: str = "en") -> Money:
    """Two powers or groups on every price basis, like for like, and the mixed comparison named as such.

    Errors: DataError for an unknown name or a year without figures, TwofrontError for an unknown language.
    """
    from twofront import analysis
    from twofront.report.balance import balance_screen

    _check_language(lang)
    found = analysis.balance(first, second, year)
    return Money(found, balance_screen(found, lang))


def choose_policies(loaded: Loaded, names: Sequence[str] | None) -> list[Policy]:
    """The policies to play: the baseline first, those named, and the conditions that the verdict compares."""
    if names is None:
        return list(loaded.policies.values())
    wanted = [names] if isinstance(names, str) else list(names)
    known = ", ".join(loaded.policies)
    if not wanted:
        raise TwofrontError(f"no policy is named. Leave the choice out to play all, or name some of: {known}.")
    for name in wanted:
        if name not in loaded.policies:
            hint = did_you_mean(name, loaded.policies)
            hint = f"{hint} " if hint else ""
            raise TwofrontError(f'no policy "{name}" in {loaded.folder.name}. {hint}Known: {known}.')
    return [p for p in loaded.policies.values() if p.name == BASELINE or p.name in wanted or p.role == "condition"]


def solved_tree(loaded: Loaded, year: int, *, world: int = 0, seed: int = 0, policy: str = BASELINE) -> dict[str, Any]:
    """The solved stage game of one year in one world, as a tree of nodes (see the column dictionary's tree.json)."""
    _use_compile_cache()
    import jax.numpy as jnp

    from twofront.ensemble import simulate, sweep
    from twofront.game import build, tree

    chosen = choose_policies(loaded, [policy])
    named = next(p for p in chosen if p.name == policy)
    given = sweep.tile_values(loaded, named, world, tile=1, seed=seed)
    game = simulate.prepare(loaded, build.layout(loaded.scenario), jnp.asarray(given, sweep.precision()))
    return tree.tree(tree.year_game(game, year), world, policy)


def _check_language(lang: str) -> None:
    if lang not in LANGUAGES:
        raise TwofrontError(f'no language "{lang}". Choose {" or ".join(LANGUAGES)}.')


def _check_variants(loaded: Loaded) -> None:
    if not loaded.scenario.structure:
        raise TwofrontError(
            f"{loaded.folder.name} has no other structure to compare with. Add a table [structure.NAME] to "
            "scenario.toml (docs/scenario.md), or leave --structure out."
        )


def median_world(values: Any, flagged: Any) -> int:
    """The world whose value lies in the middle of those that count."""
    import numpy as np

    usable = np.flatnonzero(~np.asarray(flagged))
    if not len(usable):
        return 0
    ranked = usable[np.argsort(np.asarray(values)[usable], kind="stable")]
    return int(ranked[len(ranked) // 2])


def _use_compile_cache() -> None:
    """Keeps compiled models in the user's cache folder, unless the user named one."""
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    folder = Path(base) if base else Path.home() / ".cache"
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder / "twofront" / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


def _years(loaded: Loaded) -> range:
    return range(loaded.scenario.start, loaded.scenario.end + 1)


def shown_year(loaded: Loaded) -> int:
    years = _years(loaded)
    return SHOWN_YEAR if SHOWN_YEAR in years else years[len(years) // 2]


def _write_draws(writer: RunWriter, loaded: Loaded, count: int, seed: int) -> None:
    """The uncertain figures of every world under the baseline."""
    from twofront.ensemble import sweep
    from twofront.scenario.quantity import scalars

    baseline = loaded.policies[BASELINE]
    drawn = sweep.tile_values(loaded, baseline, 0, tile=count, seed=seed)
    uncertain = [(row, path) for row, (path, s) in enumerate(scalars(loaded).items()) if s.quantity.uncertain]
    writer.write_draws({path: drawn[row] for row, path in uncertain})


def _plain(member: Any) -> dict[str, Any]:
    from dataclasses import asdict, is_dataclass

    return asdict(member) if is_dataclass(member) and not isinstance(member, type) else dict(member)


def _quantities(loaded: Loaded) -> list[dict[str, Any]]:
    """Every figure with unit, form, source, rating and range, for reports that must not open the scenario."""
    import numpy as np

    from twofront.scenario.quantity import scalars

    ranks = np.array([0.05, 0.5, 0.95])
    rows = []
    for path, scalar in scalars(loaded).items():
        figure = scalar.quantity
        sources = figure.source
        low, central, high = (float(x) for x in figure.ppf(ranks))
        rows.append(
            {
                "path": path,
                "unit": scalar.kind.unit,
                "form": figure.form,
                "uncertain": figure.uncertain,
                "sourced": figure.sourced,
                "rating": _best_rating(loaded, sources),
                "sources": list(sources),
                "judgement": figure.judgement,
                "low": low,
                "central": central,
                "high": high,
            }
        )
    return rows


def _best_rating(loaded: Loaded, sources: Sequence[str]) -> str | None:
    """The best Admiralty rating among claims, the source's letter before the credibility; None without claims."""
    ratings = [loaded.ledger.claims[name].rating for name in sources if name in loaded.ledger.claims]
    return min((f"{rating.source}{rating.credibility}" for rating in ratings), default=None)


def _manifest(
    loaded: Loaded, chosen: Sequence[Policy], count: int, seed: int, seconds: float, compiled: float
) -> dict[str, Any]:
    from importlib.metadata import version

    from twofront.ensemble import sweep
    from twofront.game.build import layout
    from twofront.scenario.checks import coverage

    scenario = loaded.scenario
    return {
        "format": 1,
        "title": scenario.title,
        "title_de": scenario.title_de or scenario.title,
        "scenario_name": loaded.folder.name,
        "scenario_hash": loaded.hash,
        "seed": seed,
        "worlds": count,
        "start": scenario.start,
        "end": scenario.end,
        "tail": scenario.tail,
        "tile": sweep.TILE,
        "precision": sweep.precision().__name__,
        "concept": scenario.concept,
        "contest": scenario.contest,
        "order": list(scenario.order),
        "variant": loaded.variant,
        "versions": {
            "twofront": twofront.__version__,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            **{name: version(name) for name in ("jax", "numpy", "scipy", "pyarrow")},
        },
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": seconds,
        "compile_seconds": compiled,
        "worlds_per_second": count * len(chosen) / seconds if seconds > 0 else 0.0,
        "labels": _labels(loaded, chosen),
        "inputs": coverage(loaded).counts(),
        "editions": data_used(loaded),
        "structure": layout(scenario).size,
        "warnings": [str(finding) for finding in loaded.findings],
    }


def data_used(loaded: Loaded) -> list[dict[str, str]]:
    """The editions of published data at a run: that of the package's past spending, the scenario's, and those added."""
    from twofront import reference

    known = reference.sources()["sipri-milex-2026"]
    used = [{"publisher": known.publisher, "edition": known.edition, "date": known.published, "hash": ""}]
    if loaded.past:
        used.append({"publisher": "scenario", "edition": "past_spending.csv", "date": "", "hash": loaded.hash})
    added = [
        {"publisher": e.publisher, "edition": e.edition, "date": e.date, "hash": e.hash} for e in reference.editions()
    ]
    return used + added


def _labels(loaded: Loaded, chosen: Sequence[Policy]) -> dict[str, Any]:
    """Names in both languages, so that analysis and report need no scenario."""
    scenario = loaded.scenario

    def both(record: Any) -> dict[str, str]:
        return {"en": record.name, "de": record.name_de or record.name}

    pact = scenario.partnership
    return {
        "powers": {
            k: both(p) | {"nuclear": p.nuclear, "group": p.members is not None} for k, p in scenario.powers.items()
        },
        "fronts": {
            k: both(f)
            | {
                "challenger": f.challenger,
                "host": f.host,
                "options": {o: both(x) for o, x in f.options.items()},
            }
            for k, f in scenario.fronts.items()
        },
        "policies": {
            p.name: {"en": p.title, "de": p.title_de or p.title, "about": p.about, "role": p.role} for p in chosen
        },
        "partnership": {
            "leader": pact.leader,
            "partner": pact.partner,
            "leader_fronts": [k for k, f in scenario.fronts.items() if f.challenger == pact.leader],
            "partner_front": next(k for k, f in scenario.fronts.items() if f.challenger == pact.partner),
        }
        if pact
        else None,
        "commitments": {
            k: both(c) | {"by": c.by, "start": c.start, "review": c.review, "powers": list(c.powers)}
            for k, c in scenario.commitments.items()
        },
        "variants": {k: both(v) for k, v in scenario.structure.items()},
        "engagements": {k: both(e) | {"power": e.power, "began": e.began} for k, e in scenario.engagements.items()},
    }


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
    _use_compile_cache()
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
