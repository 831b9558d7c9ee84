"""Nothing that is read is overwritten, and no file is written twice: refused before anything is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from twofront import flow
from twofront.errors import TwofrontError

TEXT = "„Wir brauchen 100 Milliarden Euro“, sagte Anna Berg.\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"html": "a.txt"}, r"html .*a\.txt is the article itself: it would be overwritten\. Name another file"),
        ({"jsonl": "sub/../a.txt"}, "is the article itself"),
        ({"csv": "link.txt"}, "is the article itself"),
        ({"html": "hard.txt"}, "is the article itself"),
        ({"into": "a.txt"}, "into .* is the article itself"),
        ({"html": "x", "jsonl": "x", "csv": "x"}, r"html and jsonl name one file, .*x\. Give each its own"),
        ({"html": "x", "csv": "X"}, "html and csv name one file"),
        ({"into": "l.toml", "html": "l.toml"}, "into and html name one file"),
        ({"html": "old.toml", "ledger": "old.toml"}, "html .* is the ledger of older claims"),
        ({"html": "sub"}, "is a folder. Name a file in it"),
        ({"csv": "none/x.csv", "into": "l.toml"}, "there is no folder"),
    ],
)
def test_what_would_be_lost_is_refused_before_anything_is_written(
    options: dict[str, str], message: str, tmp_path: Path
) -> None:
    article = tmp_path / "a.txt"
    article.write_text(TEXT, encoding="utf-8")
    (tmp_path / "old.toml").write_text("# none yet\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.txt").symlink_to(article)
    os.link(article, tmp_path / "hard.txt")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    given: dict[str, Any] = {key: str(tmp_path / name) for key, name in options.items()}
    with pytest.raises(TwofrontError, match=message):
        flow.read([str(article)], date="2025", **given)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_the_ledger_that_is_read_may_be_the_one_that_grows(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    ledger = tmp_path / "l.toml"
    ledger.write_text("# none yet\n", encoding="utf-8")
    done = flow.read([str(tmp_path / "a.txt")], date="2025", into=ledger, ledger=ledger, jsonl="-")
    assert "1 claims added" in done.written[0]
