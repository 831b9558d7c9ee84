"""The commands pledge, balance and data from the outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from twofront.cli.commands import app


def call(*words: str) -> int:
    try:
        return app(list(words), standalone_mode=False, prog_name="twofront") or 0
    except SystemExit as done:
        return int(done.code or 0)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path / "editions"))


def test_pledge_writes_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("pledge", "--ally", "DEU", "--out", str(tmp_path / "out")) == 0
    text = capsys.readouterr().out
    assert "Germany" in text
    assert {f.name for f in (tmp_path / "out").iterdir()} == {
        "pledge-report.html",
        "pledge.csv",
        "paths.csv",
        "pledge.xlsx",
    }


def test_balance_and_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.test_readers import sipri_book

    assert call("balance", "russia", "europe", "--year", "2024") == 0
    assert "462" in capsys.readouterr().out
    assert call("data") == 0
    text = capsys.readouterr().out
    assert "none; the tables above are used" in text
    assert "IISS 2025 42%; SIPRI 2025 38%; IISS 2026 57%" in text
    assert call("data", "add", str(sipri_book(tmp_path / "s.xlsx"))) == 0
    assert "SIPRI 2031" in capsys.readouterr().out
    assert call("data") == 0
    assert "sha256" in capsys.readouterr().out
