"""One zip that holds all that is needed to redo a run, and the redoing of it, with a comparison."""

from __future__ import annotations

import hashlib
import json
import math
import stat
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from twofront.errors import RunError
from twofront.flow import play
from twofront.flow.shelve import HOW, How
from twofront.scenario import load_scenario
from twofront.store import Run, open_run
from twofront.store.places import beside, check_place, staged
from twofront.store.writer import PAGES

if TYPE_CHECKING:
    from twofront.ensemble.sweep import Progress

CONTENTS = "bundle.json"
MOST_FILES, MOST_BYTES = 200, 200_000_000  # of a bundle, unpacked
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}  # relative to a column's range, on another kind of machine
RANKS = (0.05, 0.25, 0.5, 0.75, 0.95)
ASKED = ("scenario", "scenario_hash", "variant", "seed", "draws", "years")  # of an identity: what was asked, not where
MOST_WORLDS, MOST_SEED, MOST_REPLICATES = 2**24, 2**63, 4096


@dataclass(frozen=True)
class Reproduced:
    """A run that was done again: `same` says whether every byte of its tables is the same.

    Otherwise `furthest` is the largest distance of a mean or quantile, as a share of its column's range, in `column`
    (policy and name), and `differs` what was different here (versions, machine). `held` says whether the result counts
    as reproduced: the same bytes, or within `tolerance` where something differs that may move the last digits; in both
    cases the bundle's figures have to be those of the run.
    """

    run: Run
    same: bool
    furthest: float
    column: str
    tolerance: float
    differs: tuple[str, ...]

    @property
    def held(self) -> bool:
        return (self.same or bool(self.differs)) and self.furthest <= self.tolerance


@dataclass(frozen=True)
class _Asked:
    """What a bundle says was played, and what it says came of it."""

    name: str
    worlds: int
    seed: int
    policies: list[str]
    variant: str | None
    draws: Mapping[str, Any]
    identity: Mapping[str, Any]
    tables: Mapping[str, Any]
    figures: Mapping[str, Sequence[float | None]]


def bundle(run: Run | str | Path, out: str | Path | None = None) -> Path:
    """Makes one zip of a run: scenario with ledger, identity with versions and editions, digests, figures, reports.

    Arguments: `out` the file (default: beside the run folder). Errors: RunError for a damaged run, and for a place in
    which something would be lost (see `check_place`).
    """
    opened = run if isinstance(run, Run) else open_run(run)
    target = Path(out) if out is not None else beside(opened, ".zip")
    check_place(opened, target, ".zip")
    opened.verify()
    texts = {at: (opened.path / at).read_bytes() for at in opened.manifest["files"] if at.startswith("scenario/")}
    reports = {name: opened.path / name for name in PAGES}
    texts |= {name: path.read_bytes() for name, path in reports.items() if path.is_file()}
    content = {
        "format": 1,
        "manifest": {key: value for key, value in opened.manifest.items() if key not in ("files", "checksum")},
        "files": {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()},
        "tables": _digests(opened),
        "figures": _figures(opened),
    }
    texts[CONTENTS] = json.dumps(content, ensure_ascii=False, indent=1).encode()
    with staged(target) as staging, zipfile.ZipFile(staging, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(texts):
            file.writestr(zipfile.ZipInfo(name), texts[name], zipfile.ZIP_DEFLATED)
    return target


def reproduce(
    file: str | Path, *, out: str | Path | None = None, how: How = HOW, progress: Progress | None = None
) -> Reproduced:
    """Does a bundled run again and compares it.

    Arguments: `file` a bundle; `out` the new run's folder (default: reproduced/<name of the bundle>).
    Errors: RunError where the bundle is damaged, contradicts itself or is none, and those of `run`.
    """
    from twofront.ensemble.design import Design

    given = Path(file)
    texts = unpacked(given)
    asked = _asked(given, texts)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / asked.name
        place.mkdir()
        for at, text in texts.items():
            if at.startswith("scenario/"):
                (place / PurePosixPath(at).name).write_bytes(text)
        loaded = load_scenario(place)
        if loaded.hash != asked.identity["scenario_hash"]:
            raise _false(given, "the scenario in it is not the one that it says was played (another scenario_hash)")
        if asked.variant is not None and asked.variant not in loaded.scenario.structure:
            raise _false(given, f"its scenario has no structure {asked.variant!r}")
        again = play.run(
            loaded if asked.variant is None else loaded.varied(asked.variant),
            worlds=asked.worlds,
            seed=asked.seed,
            policies=asked.policies,
            draws=Design(**asked.draws),
            out=Path(out) if out is not None else Path("reproduced") / given.stem,
            how=How(**{**how.__dict__, "yearly": asked.identity["years"] == "all"}),
            progress=progress,
        )
    if again.manifest["worlds"] != asked.worlds or again.policies != asked.policies:
        raise RunError(
            f"{again.path} holds other worlds or policies than asked. Choose another folder with --out, or --fresh."
        )
    here = again.manifest["identity"]
    for key in ASKED:
        if asked.identity[key] != here[key]:
            raise _false(given, f"{key} is {asked.identity[key]!r} in it, but {here[key]!r} is what it describes")
    furthest, column = _furthest(asked.figures, _figures(again))
    same, differs = _digests(again) == asked.tables, _differs(asked.identity, here)
    return Reproduced(again, same, furthest, column, TOLERANCE[again.manifest["precision"]], differs)


def _asked(path: Path, texts: Mapping[str, bytes]) -> _Asked:
    """Reads a bundle's table of contents and compares every file with it. Errors: RunError, on one line."""
    try:
        content = json.loads(texts[CONTENTS])
        manifest, identity = content["manifest"], content["manifest"]["identity"]
        listed, tables, figures = dict(content["files"]), dict(content["tables"]), dict(content["figures"])
        _need(content["format"] == 1, "its format is 1")
        name, draws, variant = identity["scenario"], dict(manifest["draws"]), manifest["variant"]
        _need(isinstance(name, str) and _is_name(name), "the scenario's name is one of a folder")
        _need(variant is None or isinstance(variant, str), "the variant is a name")
        _need(_whole(manifest["worlds"], 2, MOST_WORLDS), "the worlds are a whole number")
        _need(_whole(manifest["seed"], 0, MOST_SEED), "the seed is a whole number")
        _need(_is_design(draws), "the draws are of a known kind")
        _need(isinstance(identity["years"], str), "the years are told in words")
        for key in ("scenario_hash", "variant", "seed", "draws"):
            _need(identity[key] == manifest[key], f"{key} is the same in manifest and identity")
        _need(all(map(_is_row, figures.values())), "the figures are rows of seven numbers, or of seven nulls")
        rows = {key: [None if x is None else float(x) for x in row] for key, row in figures.items()}
        policies = list(dict(manifest["labels"]["policies"]))
    except KeyError as error:
        raise RunError(f"{path} is not a bundle of a run: {CONTENTS} lacks {error}.") from error
    except (TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise RunError(f"{path} is not a bundle of a run: {CONTENTS}: {error}.") from error
    for at in [at for at in texts if at not in listed and at != CONTENTS]:
        raise RunError(f"{path} is refused: it holds {at!r}, which its list of files does not name.")
    for at, digest in listed.items():
        if at not in texts or hashlib.sha256(texts[at]).hexdigest() != digest:
            raise RunError(f"{path} is damaged: {ascii(at)[1:-1]} is not what it was. Ask for the bundle again.")
    return _Asked(name, manifest["worlds"], manifest["seed"], policies, variant, draws, identity, tables, rows)


def _need(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"it has to be so that {what}")


def _whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_name(name: str) -> bool:
    """Whether a folder can have this name, on every system."""
    return name.isprintable() and not set(name) & set("/\\:") and name not in ("", ".", "..") and len(name) <= 100


def _is_design(draws: Mapping[str, Any]) -> bool:
    from twofront.ensemble.design import KINDS

    fixed = {"worlds"} if draws.get("kind") == "latin-hypercube" else set()
    return (
        set(draws) == {"kind", "replicates", *fixed}
        and draws["kind"] in KINDS
        and _whole(draws["replicates"], 1, MOST_REPLICATES)
        and (not fixed or _whole(draws["worlds"], 2, MOST_WORLDS))
    )


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and len(row) == 7 and ({type(x) for x in row} <= {int, float} or row == [None] * 7)


def _false(path: Path, why: str) -> RunError:
    return RunError(f"{path} is refused: {why}. Ask for the bundle again.")


def unpacked(path: Path) -> dict[str, bytes]:
    """The files of a bundle by name, nothing written to the disk.

    Errors: RunError for a file that is no zip, holds links, paths that lead out, a name twice, or too much.
    """
    try:
        with zipfile.ZipFile(path) as file:
            rows = file.infolist()
            for row in rows:
                _refuse(path, row)
            if len({row.filename for row in rows}) != len(rows):
                raise RunError(f"{path} is refused: it holds a name twice.")
            if len(rows) > MOST_FILES or sum(row.file_size for row in rows) > MOST_BYTES:
                raise RunError(f"{path} is refused: a bundle holds at most {MOST_FILES} files, {MOST_BYTES:,} bytes.")
            return {row.filename: _content(file, row) for row in rows}
    except FileNotFoundError:
        raise RunError(f"{path} does not exist. `twofront run bundle RUN` makes a bundle.") from None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise RunError(f"{path} is no bundle that can be read: {error}.") from error


def _refuse(path: Path, row: zipfile.ZipInfo) -> None:
    pure = PurePosixPath(row.filename)
    outside = pure.is_absolute() or ".." in pure.parts or "\\" in row.filename or ":" in row.filename
    if outside or len(pure.parts) > 2 or row.is_dir():
        raise RunError(f"{path} is refused: it holds {row.filename!r}, which leads out of the bundle or is a folder.")
    if stat.S_ISLNK(row.external_attr >> 16):
        raise RunError(f"{path} is refused: {row.filename!r} is a link.")


def _content(file: zipfile.ZipFile, row: zipfile.ZipInfo) -> bytes:
    """One file, never more of it than it says: a bomb lies about its size."""
    with file.open(row) as stream:
        content = stream.read(row.file_size + 1)
    if len(content) > row.file_size:
        raise RunError(f"{file.filename} is refused: {row.filename!r} is larger than it says.")
    return content


def _digests(run: Run) -> dict[str, str]:
    """SHA-256 of each policy's outcomes and of the draws, by column and world: whatever shards they lie in."""
    found = {}
    for table, policy in [
        ("draws", None),
        *(("worlds", p) for p in run.policies),
        *(("years", p) for p in run.policies),
    ]:
        rows, digest = run.table(table, policy=policy), hashlib.sha256()
        for name in rows.column_names:
            if name != "policy":
                digest.update(name.encode() + rows[name].to_numpy().tobytes())
        found[f"{table}/{policy}" if policy else table] = digest.hexdigest()
    for policy, means in run.means().groupby("policy", sort=False):
        found[f"means/{policy}"] = hashlib.sha256(means.drop(columns="policy").to_numpy().tobytes()).hexdigest()
    return found


def _figures(run: Run) -> dict[str, list[float | None]]:
    """Mean, quantiles and range of every outcome, by policy and column: [mean, 5, 25, 50, 75, 95 %, range]."""
    import numpy as np

    found: dict[str, list[float | None]] = {}
    for policy in run.policies:
        rows = run.table("worlds", policy=policy)
        for name in rows.column_names:
            if name in ("policy", "world"):
                continue
            values = np.asarray(rows[name].to_numpy(), dtype=np.float64)
            values = values[np.isfinite(values)]
            row = [values.mean(), *np.quantile(values, RANKS), np.ptp(values)] if len(values) else [None] * 7
            found[f"{policy} {name}"] = [None if x is None else float(x) for x in row]
    return found


def _furthest(there: Mapping[str, Sequence[Any]], here: Mapping[str, Sequence[Any]]) -> tuple[float, str]:
    """The largest distance of a bundle's figures from those played here, relative to the range here (at least 1e-3).

    Infinite where one side lacks a figure or it is no number, and where there was nothing to compare.
    """
    worst, where, compared = 0.0, "", False
    for name in {**here, **there}:
        one, two = there.get(name), here.get(name)
        if one is None or two is None or (one[0] is None) != (two[0] is None):
            return math.inf, name
        if one[0] is None:
            continue
        far = max(abs(a - b) for a, b in zip(one[:-1], two[:-1], strict=True)) / max(two[-1], 1e-3)
        if not all(map(math.isfinite, (*one, far))):
            return math.inf, name
        if name.split()[-1] in ("certificate", "residual", "tail_move", "conservation"):
            continue  # how well it was solved: rounding itself
        compared = True
        if far > worst:
            worst, where = far, name
    return (worst, where) if compared else (math.inf, "no figures")


def _differs(there: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[str, ...]:
    """What may move the last digits: versions, machine, model. What was asked is no part of it."""
    keys = [key for key in here if there.get(key) != here[key] and key not in ASKED]
    return tuple(f"{key}: {_shown(there.get(key))} there, {here[key]} here" for key in keys)


def _shown(value: Any) -> str:
    """What somebody wrote, on one line of any terminal."""
    text = str(value)
    return text if text.isprintable() else ascii(text)
