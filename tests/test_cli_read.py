"""`twofront read` from the command line: files, standard input, every output, and errors with their exit code."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import twofront
from twofront.evidence import load_ledger

TEXT = "„Wir brauchen 100 Milliarden Euro“, sagte Anna Berg.\n"
TEXT += "Russlands Wehretat stieg 2024 um 42 Prozent, so das Institut.\n"


def _run(folder: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twofront", "read", *arguments]
    source = str(Path(twofront.__file__).parents[1])
    return subprocess.run(
        command,
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": source, "PYTHONIOENCODING": "utf-8"},
    )


def test_every_output_of_one_reading(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    done = _run(
        tmp_path, "a.txt", "--date", "2025-07", "--outlet", "Tagblatt", "--into", "l.toml", "--html", "p.html",
        "--jsonl", "c.jsonl", "--csv", "c.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "a.txt: 2 claims" in done.stdout
    assert "Anna Berg" in done.stdout
    assert "after inflation" in done.stdout
    assert "l.toml: 2 claims added, unrated; 0 were there already" in done.stdout
    name, first = next(iter(load_ledger(tmp_path / "l.toml").claims.items()))
    assert re.fullmatch("a-[0-9a-f]{8}", name)
    assert first.chain == ("Anna Berg", "Tagblatt")
    assert str(first.rating) == "F6"
    records = [json.loads(line) for line in (tmp_path / "c.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [r["id"] for r in records] == ["c01", "c02"]
    assert records[1]["audit"][0]["outcome"] == "holds"
    rows = list(csv.DictReader((tmp_path / "c.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 2
    for row, record in zip(rows, records, strict=True):
        offered = record["rating_proposed"]
        assert re.fullmatch("[A-F][1-6]", offered["rating"])
        assert row["rating_proposed"] == offered["rating"]
        assert offered["rating"] in done.stdout
        assert row["rating_rules"] == f"{offered['source_rule']}; {offered['credibility_rule']}"
    assert "<mark" in (tmp_path / "p.html").read_text(encoding="utf-8")
    assert not list(tmp_path.glob("*.part"))


def test_a_text_without_claims_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("one two three", encoding="utf-8")
    done = _run(tmp_path, "a.pdf")
    assert done.returncode == 0
    assert "a.pdf: 0 claims – nothing was recognised as one. Is it an article's text" in " ".join(done.stdout.split())


def test_standard_input_and_clear_errors(tmp_path: Path) -> None:
    done = _run(tmp_path, "-", "--jsonl", "-", text=TEXT)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["form"] for line in done.stdout.splitlines()] == ["quotation", "indirect"]
    for arguments, text, message in (
        (["no.txt"], "", "no.txt: cannot be read"),
        (["-"], "", "standard input: empty"),
        (["-", "--lang", "fr"], TEXT, 'lang "fr"'),
        (["-", "--into", "l.toml"], TEXT, "Give it with --date"),
        (["-", "--date", "2025-02-30"], TEXT, "2025-02-30 is not in the calendar"),
        (["-", "--date", "0000", "--into", "l.toml"], TEXT, "0000 is not in the calendar"),
    ):
        done = _run(tmp_path, *arguments, text=text)
        assert done.returncode == 1
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
