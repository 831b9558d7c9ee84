"""The structural grid on runs whose numbers are known: common worlds, spans, signs and codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.helpers_run import make_run, outcomes

from twofront.analysis import grid, variants_of
from twofront.errors import RunError
from twofront.store import Run, open_run

WORLDS = 64
VARIANTS = {"seen": {"en": "call seen", "de": "Ruf sichtbar"}, "best": {"en": "best", "de": "beste"}}


def labelled(folder: Path, worlds: int = WORLDS, **more: object) -> Run:
    """A run whose labels name two variants."""
    import json

    from twofront.store.writer import checksum

    run = make_run(folder, worlds, **more)  # type: ignore[arg-type]
    path = run.path / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["labels"]["variants"] = VARIANTS
    manifest["checksum"] = checksum(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return open_run(run.path)


def test_lines_move_by_what_the_variants_add(tmp_path: Path) -> None:
    """accepted = 0.2 + 0.4 u has the median 0.4; a variant that adds 0.1 in every world has 0.5."""
    own = make_run(tmp_path, WORLDS)
    more = {"accepted": outcomes(WORLDS, "baseline")["accepted"] + 0.1}
    found = grid(own, {"more": make_run(tmp_path / "v", WORLDS, changed={"baseline": more})})
    assert found is not None
    line = found.line("answer", "accepted")
    assert line is not None
    assert (line.here, line.low, line.high) == pytest.approx((0.4, 0.4, 0.5), abs=1e-6)
    assert line.furthest == "more"
    still = found.line("answer", "calls")
    assert still is not None
    assert still.furthest == ""
    assert (found.structures, found.worlds, found.drawn) == (2, WORLDS, WORLDS)


def test_a_sign_that_turns_and_a_code_that_turns_are_named(tmp_path: Path) -> None:
    """kept lowers two fronts by 0.10; the variant in which it raises them by 0.02 breaks its sign, not stalled's."""
    own = make_run(tmp_path, WORLDS)
    base = outcomes(WORLDS, "baseline")
    changed = {"kept": {"two_fronts": base["two_fronts"] + 0.02}, "verdict-both": {"accepted": base["accepted"]}}
    found = grid(own, {"same": own, "other": make_run(tmp_path / "v", WORLDS, changed=changed)})
    assert found is not None
    kept, stalled = found.line("policy", "kept"), found.line("policy", "stalled")
    assert kept is not None
    assert stalled is not None
    assert (kept.signs, kept.breaks, kept.holds, kept.settled) == (("-", "-", "+"), ("other",), 2, False)
    assert (stalled.signs, stalled.breaks, stalled.settled) == (("+", "+", "+"), (), True)
    both = found.line("verdict", "both")
    assert both is not None
    assert (both.signs, both.breaks) == (("supported", "supported", "contradicted"), ("other",))


@pytest.mark.parametrize(("others", "settled"), [(8, False), (9, True)])
def test_nine_of_ten_structures_are_enough(tmp_path: Path, others: int, settled: bool) -> None:
    own = make_run(tmp_path, WORLDS)
    base = outcomes(WORLDS, "baseline")["two_fronts"]
    turned = make_run(tmp_path / "v", WORLDS, changed={"kept": {"two_fronts": base + 0.02}})
    found = grid(own, {f"v{k}": own for k in range(others - 1)} | {"turned": turned})
    assert found is not None
    line = found.line("policy", "kept")
    assert line is not None
    assert line.holds == others
    assert line.settled is settled


def test_only_common_sound_worlds_are_compared(tmp_path: Path) -> None:
    """The own run has 128 worlds, the variant 64 and flags the first half of them: worlds 32 to 63 are left."""
    own = make_run(tmp_path, 2 * WORLDS)
    bad = {"baseline": {"flagged": np.arange(WORLDS) < WORLDS // 2}}
    found = grid(own, {"short": make_run(tmp_path / "v", WORLDS, changed=bad)})
    assert found is not None
    assert (found.worlds, found.drawn, dict(found.flagged)) == (32, 64, {"": 0, "short": 32})
    line = found.line("level", "median")
    assert line is not None
    u = (np.arange(2 * WORLDS) + 0.5) / (2 * WORLDS)
    assert line.here == pytest.approx(0.2 + 0.3 * np.median(u[32:64]), abs=1e-6)
    v = (np.arange(WORLDS) + 0.5) / WORLDS
    assert line.values["short"] == pytest.approx(0.2 + 0.3 * np.median(v[32:64]), abs=1e-6)


def test_what_is_undefined_in_a_variant_breaks_no_span(tmp_path: Path) -> None:
    own = make_run(tmp_path, WORLDS)
    nothing = {p: {"accepted": np.full(WORLDS, np.nan)} for p in ("baseline", "verdict-both")}
    found = grid(own, {"none": make_run(tmp_path / "v", WORLDS, changed=nothing)})
    assert found is not None
    line = found.line("answer", "accepted")
    assert line is not None
    assert np.isnan(line.values["none"])
    assert line.low == line.high == line.here
    frame = found.to_pandas()
    assert list(frame.columns[-5:]) == ["lowest", "highest", "holds", "settled", "depends_on"]
    assert len(frame) == len(found.lines) == 6 + 4 + 4 + 2 + 2


def test_variants_are_found_only_whole_and_of_the_same_worlds(tmp_path: Path) -> None:
    run = labelled(tmp_path)
    assert variants_of(run) == {}
    assert grid(run) is None
    for name, seed in (("seen", 0), ("best", 1)):
        made = make_run(tmp_path / name, WORLDS, seed=seed)
        (run.path / "structure").mkdir(exist_ok=True)
        made.path.rename(run.path / "structure" / name)
    assert variants_of(run) == {}, "another seed"
    made = make_run(tmp_path / "again", WORLDS)
    (run.path / "structure" / "best").rename(tmp_path / "old")
    made.path.rename(run.path / "structure" / "best")
    assert list(variants_of(run)) == ["seen", "best"]
    with pytest.raises(RunError, match="is no variant of"):
        grid(run, {"old": open_run(tmp_path / "old")})
