"""Means over all worlds: exact, and the same to the last bit however the worlds are cut."""

from __future__ import annotations

import csv
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofront.errors import RunError
from twofront.store.export import export
from twofront.store.sums import Sums, add, mean, sums

from ..helpers_run import make_run
from . import filler

figures = st.floats(-1e6, 1e6, width=32) | st.sampled_from([np.nan, np.inf, 0.0, 1e-9])


@given(st.lists(figures, min_size=1, max_size=60), st.integers(1, 60), st.randoms())
def test_sums_are_exact_in_any_order_and_cut(values: list[float], size: int, chance: object) -> None:
    """Against fractions: each figure is cut to a multiple of 2^-50, and only then are they added."""
    rows = np.array([values, values[::-1]], np.float32)
    whole = sums({"x": rows}, np.ones(len(values), bool))["x"]
    pieces: Sums = {}
    order = list(range(0, len(values), size))
    chance.shuffle(order)  # type: ignore[attr-defined]
    for first in order:
        part = rows[:, first : first + size]
        pieces = add(pieces, sums({"x": part}, np.ones(part.shape[1], bool)))
    assert np.array_equal(whole, pieces["x"])
    kept = [Fraction(float(v)) for v in rows[0] if np.isfinite(v)]
    exact = sum((Fraction(round(v * 2**50), 2**50) for v in kept), Fraction(0))
    found = mean(*map(int, whole[:, 0]))
    assert (found == float(exact / len(kept))) if kept else np.isnan(found)
    assert found == mean(*map(int, whole[:, 1])) or not kept


def test_worlds_that_are_not_sound_are_left_out() -> None:
    rows = np.array([[1.0, 2.0, 400.0]])
    assert mean(*map(int, sums({"x": rows}, np.array([True, True, False]))["x"][:, 0])) == 1.5


def test_a_run_gives_the_means_of_all_its_worlds(tmp_path: Path) -> None:
    """Whatever the shards: the numbers of filler.py by hand, flagged worlds aside."""
    runs = [filler.fill(tmp_path / str(shard), shard=shard, shuffle=shard) for shard in (8, 16, 64)]
    for run in runs:
        means = run.means()
        assert list(means.columns) == ["policy", "year", "two_fronts"]
        assert means.equals(runs[0].means())
        one = run.means("kept").set_index("year")["two_fronts"]
        u = filler.outcomes("kept", 0, filler.WORLDS)[0]["two_fronts"]
        assert one[2025] == pytest.approx(u.mean() / 2, rel=1e-12)
        assert one[2026] == pytest.approx(u.mean() / 3, rel=1e-12)
        assert run.sql("select avg(two_fronts) as x from means where policy = 'kept'").to_pydict()["x"] == [
            pytest.approx(u.mean() * 5 / 12, rel=1e-12)
        ]


def test_means_go_out_with_their_words(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=16)
    folder = export(run, "csv", tmp_path / "out")
    rows, columns = (
        list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))
        for name in ("means.csv", "columns.csv")
    )
    assert len(rows) == len(run.means()) == 3 * len(run.policies)
    words = [r for r in columns if r["table"] == "means"]
    assert {r["name"] for r in words} == set(rows[0])
    assert all(
        r["meaning"].startswith("mean over all sound worlds: ") for r in words if "policy year".find(r["name"]) < 0
    )
    assert not any(r["table"] == "sums" for r in columns)
    with zipfile.ZipFile(export(run, "xlsx", tmp_path / "out.xlsx")) as book:
        assert b'name="means"' in book.read("xl/workbook.xml")


def test_a_run_of_an_earlier_format_says_so(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=4)
    old = type(run)(run.path, {**run.manifest, "format": 2})
    with pytest.raises(RunError, match="of an earlier format"):
        old.means()
