"""What a run's manifest says about the published data behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from twofront import flow, reference
from twofront.scenario import load_scenario

from .test_readers import sipri_book


def test_the_manifest_names_the_editions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path / "editions"))
    loaded = load_scenario("two-fronts")
    (own,) = flow.data_used(loaded)
    assert (own["publisher"], own["date"]) == ("SIPRI", "2026-04")
    added = reference.add_edition(sipri_book(tmp_path / "s.xlsx"))
    assert flow.data_used(loaded)[1]["hash"] == added.hash
