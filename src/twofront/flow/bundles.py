"""One zip that holds all that is needed to redo a run, and the redoing of it, with a comparison."""

from __future__ import annotations

import hashlib
import json
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

if TYPE_CHECKING:
    from twofront.ensemble.sweep import Progress

CONTENTS = "bundle.json"
MOST_FILES, MOST_BYTES = 200, 200_000_000  # of a bundle, unpacked
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}  # relative to a column's range, on another kind of machine
RANKS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Reproduced:
    """A run that was done again: `same` says whether every byte of its tables is the same.

    Otherwise `furthest` is the largest distance of a mean or quantile, as a share of its column's range, in `column`
    (policy and name), and `differs` what was different here (versions, machine). `held` says whether the result counts
    as reproduced: the same bytes, or within `tolerance` where something differs that may move the last digits.
    """

    run: Run
    same: bool
    furthest: float
    column: str
    tolerance: float
    differs: tuple[str, ...]

    @property
    def held(self) -> bool:
        return self.same or (bool(self.differs) and self.furthest <= self.tolerance)


def bundle(run: Run | str | Path, out: str | Path | None = None) -> Path:
    """Makes one zip of a run: scenario with ledger, identity with versions and editions, digests, figures, reports.

    Arguments: `out` the file (default: beside the run folder). Errors: RunError for a damaged run.
    """
    opened = run if isinstance(run, Run) else open_run(run)
    opened.verify()
    target = Path(out) if out is not None else opened.path.with_name(opened.path.name + ".zip")
    texts = {at: (opened.path / at).read_bytes() for at in opened.manifest["files"] if at.startswith("scenario/")}
    reports = {name: opened.path / name for name in ("report.html", "bericht.html")}
    texts |= {name: path.read_bytes() for name, path in reports.items() if path.is_file()}
    content = {
        "format": 1,
        "manifest": {key: value for key, value in opened.manifest.items() if key not in ("files", "checksum")},
        "files": {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()},
        "tables": _digests(opened),
        "figures": _figures(opened),
    }
    texts[CONTENTS] = json.dumps(content, ensure_ascii=False, indent=1).encode()
    staging = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(staging, "w", zipfile.ZIP_DEFLATED) as file:
            for name in sorted(texts):
                file.writestr(zipfile.ZipInfo(name), texts[name], zipfile.ZIP_DEFLATED)
        staging.replace(target)
    finally:
        staging.unlink(missing_ok=True)
    return target


def reproduce(
    file: str | Path, *, out: str | Path | None = None, how: How = HOW, progress: Progress | None = None
) -> Reproduced:
    """Does a bundled run again and compares it.

    Arguments: `file` a bundle; `out` the new run's folder (default: reproduced/<name of the bundle>).
    Errors: RunError where the bundle is damaged or is none, and those of `run`.
    """
    given = Path(file)
    texts = unpacked(given)
    try:
        content = json.loads(texts[CONTENTS])
        manifest, tables, figures = content["manifest"], content["tables"], content["figures"]
        name, worlds, seed = manifest["identity"]["scenario"], int(manifest["worlds"]), int(manifest["seed"])
        policies, files, variant = list(manifest["labels"]["policies"]), dict(content["files"]), manifest["variant"]
        draws = str(manifest["draws"]["kind"])
        yearly = manifest["identity"]["years"] == "all"
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise RunError(f"{given} is not a bundle of a run: {CONTENTS} lacks {error}.") from error
    for at, digest in files.items():
        if hashlib.sha256(texts.get(at, b"")).hexdigest() != digest:
            raise RunError(f"{given} is damaged: {at} is not what it was. Ask for the bundle again.")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / PurePosixPath(str(name)).name
        place.mkdir()
        for at, text in texts.items():
            if at.startswith("scenario/"):
                (place / PurePosixPath(at).name).write_bytes(text)
        loaded = load_scenario(place)
        again = play.run(
            loaded.varied(variant) if variant else loaded,
            worlds=worlds,
            seed=seed,
            policies=policies,
            draws=draws,
            out=Path(out) if out is not None else Path("reproduced") / given.stem,
            how=How(**{**how.__dict__, "yearly": yearly}),
            progress=progress,
        )
    if again.manifest["worlds"] != worlds or again.policies != policies:
        raise RunError(f"{again.path} holds more than the bundle. Choose another folder with --out, or --fresh.")
    same = _digests(again) == tables
    furthest, column = (0.0, "") if same else _furthest(figures, _figures(again))
    differs = _differs(manifest["identity"], again.manifest["identity"])
    return Reproduced(again, same, furthest, column, TOLERANCE[again.manifest["precision"]], differs)


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
    """The largest distance between two tables of figures, relative to a column's range (at least 1e-3)."""
    worst, where = 0.0, ""
    for name in {**there, **here}:
        one, two = there.get(name), here.get(name)
        if one is None or two is None or (one[0] is None) != (two[0] is None):
            return float("inf"), name
        if one[0] is None or name.split()[-1] in ("certificate", "residual", "tail_move", "conservation"):
            continue  # how well it was solved: rounding itself
        far = max(abs(a - b) for a, b in zip(one[:-1], two[:-1], strict=True)) / max(one[-1], 1e-3)
        if far > worst:
            worst, where = far, name
    return worst, where


def _differs(there: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[str, ...]:
    keys = [key for key in {**there, **here} if there.get(key) != here.get(key) and key != "scenario"]
    return tuple(f"{key}: {there.get(key)} there, {here.get(key)} here" for key in keys)
