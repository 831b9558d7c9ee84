"""Plays worlds and leaves run folders: the chosen policies, the structural variants, one solved year as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twofront.ensemble import device
from twofront.errors import TwofrontError, did_you_mean
from twofront.flow import record, shelve
from twofront.flow.shelve import HOW, How
from twofront.scenario import Loaded, Policy, load_scenario
from twofront.store import Run, RunWriter, open_run, refuse_foreign

if TYPE_CHECKING:
    from twofront.analysis.structure import Grid
    from twofront.ensemble.design import Design
    from twofront.ensemble.sweep import Progress

WORLDS = 1024
STRUCTURE_WORLDS = 1024  # worlds in which structures are compared
BASELINE = "baseline"
SHOWN_YEAR = 2027  # the year whose stage game the report draws; the middle year where a scenario does not hold it


def run(
    scenario: str | Path | Loaded = "two-fronts",
    *,
    worlds: int = WORLDS,
    seed: int = 0,
    policies: Sequence[str] | None = None,
    draws: str | Design = "sobol",
    out: str | Path | None = None,
    how: How = HOW,
    progress: Progress | None = None,
) -> Run:
    """Plays a scenario and leaves a run folder: every world under every policy, and all that is needed to redo it.

    An earlier run of the same scenario, seed and versions in the folder is continued: only what it lacks is played.
    Errors: those of `assess`.
    """
    loaded = scenario if isinstance(scenario, Loaded) else load_scenario(scenario)
    chosen = [policy.name for policy in choose_policies(loaded, policies)]
    folder = Path(out) if out is not None else Path("runs") / f"{loaded.folder.name}-seed{seed}"
    refuse_foreign(folder)
    on = how.prepare()

    from twofront.analysis.outcomes import main_outcome
    from twofront.ensemble.design import design_of, round_worlds

    count = round_worlds(worlds)
    design = design_of(draws, worlds) if isinstance(draws, str) else draws
    with RunWriter(folder, record.identity(loaded, seed, design, on), fresh=how.fresh, all_years=how.yearly) as writer:
        planned, before = writer.planned
        count = max(count, planned)
        every = [loaded.policies[name] for name in loaded.policies if name in {*chosen, *before}]
        spent = shelve.fill(writer, loaded, every, count, seed=seed, design=design, how=how, progress=progress)
        if spent is None:
            return open_run(folder)
        outcome, flagged = (writer.column(BASELINE, n) for n in (main_outcome(list(loaded.scenario.fronts)), "flagged"))
        median = median_world(outcome, flagged)
        writer.write_json("tree.json", solved_tree(loaded, shown_year(loaded), world=median, seed=seed, design=design))
        writer.write_json("quantities.json", record.quantities(loaded))
        writer.write_json("claims.json", [claim.model_dump(mode="json") for claim in loaded.ledger.claims.values()])
        writer.write_json("members.json", {k: [record.plain(m) for m in rows] for k, rows in loaded.members.items()})
        writer.write_scenario(loaded.texts)
        writer.finish(record.manifest(loaded, every, count, seed, spent.playing, spent.compiling, spent.played, design))
    return open_run(folder)


def play_variants(
    loaded: Loaded,
    folder: str | Path,
    *,
    worlds: int = STRUCTURE_WORLDS,
    seed: int = 0,
    how: How = HOW,
    progress: Progress | None = None,
) -> dict[str, Run]:
    """Plays every structural variant in the first worlds of the run in `folder`, each as a run under structure/<name>.

    Arguments: as for `run`, with the seed of the run in `folder`, whose policies are played. `analysis.grid` then
    compares.
    Errors: TwofrontError for a scenario without variants.
    """
    from twofront.analysis.structure import FOLDER
    from twofront.ensemble.design import Design

    check_variants(loaded)
    own = open_run(folder)
    found = {}
    for name in loaded.scenario.structure:

        def named(policy: str, done: int, total: int, name: str = name) -> None:
            if progress is not None:
                progress(f"{name}: {policy}", done, total)

        place = Path(folder) / FOLDER / name
        found[name] = run(
            loaded.varied(name),
            worlds=worlds,
            seed=seed,
            policies=own.policies,
            draws=Design(**own.manifest["draws"]),  # a Latin hypercube of fewer worlds would draw others
            out=place,
            how=how,
            progress=named,
        )
    return found


def structure(
    scenario: str | Path | Loaded = "two-fronts",
    *,
    worlds: int = STRUCTURE_WORLDS,
    seed: int = 0,
    policies: Sequence[str] | None = None,
    draws: str = "sobol",
    out: str | Path | None = None,
    how: How = HOW,
    progress: Progress | None = None,
) -> Grid:
    """Plays a scenario and its structural variants in the same worlds and says how far each line moves.

    Arguments as for `run`. Errors: those of `run`, and TwofrontError for a scenario without variants.
    """
    from twofront.analysis import grid

    loaded = scenario if isinstance(scenario, Loaded) else load_scenario(scenario)
    check_variants(loaded)
    own = run(loaded, worlds=worlds, seed=seed, policies=policies, draws=draws, out=out, how=how, progress=progress)
    found = grid(own, play_variants(loaded, own.path, worlds=worlds, seed=seed, how=how, progress=progress))
    assert found is not None  # there is a variant
    return found


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


def solved_tree(
    loaded: Loaded,
    year: int,
    *,
    world: int = 0,
    seed: int = 0,
    policy: str = BASELINE,
    design: Design | None = None,
) -> dict[str, Any]:
    """The solved stage game of one year in one world, as a tree of nodes (see the column dictionary's tree.json).

    Arguments: `design` how worlds are drawn (default: Sobol points). Errors: TwofrontError for an unknown policy, and a
    world that the design does not have.
    """
    device.use_compile_cache()
    import jax.numpy as jnp

    from twofront.ensemble import simulate, sweep
    from twofront.game import build, tree

    chosen = choose_policies(loaded, [policy])
    named = next(p for p in chosen if p.name == policy)
    given = sweep.tile_values(loaded, named, world, tile=1, seed=seed, design=design or sweep.SOBOL)
    game = simulate.prepare(loaded, build.layout(loaded.scenario), jnp.asarray(given, sweep.precision()))
    return tree.tree(tree.year_game(game, year), world, policy)


def median_world(values: Any, flagged: Any) -> int:
    """The world whose value lies in the middle of those that count."""
    import numpy as np

    usable = np.flatnonzero(~np.asarray(flagged))
    if not len(usable):
        return 0
    ranked = usable[np.argsort(np.asarray(values)[usable], kind="stable")]
    return int(ranked[len(ranked) // 2])


def shown_year(loaded: Loaded) -> int:
    years = record.years(loaded)
    return SHOWN_YEAR if SHOWN_YEAR in years else years[len(years) // 2]


def check_variants(loaded: Loaded) -> None:
    if not loaded.scenario.structure:
        raise TwofrontError(
            f"{loaded.folder.name} has no other structure to compare with. Add a table [structure.NAME] to "
            "scenario.toml (docs/scenario.md), or leave --structure out."
        )
