"""Sentences that the program says about evidence: English text that knows its German.

A finding, a reason or a rule is made of a pattern and of what fills it. In every file, table and comparison it is the
English text; a page in German asks `german`. Words of an article or of a source fill a pattern as they are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


class Said(str):
    """An English sentence, with the pattern it was made of and what fills it.

    `Said("{value} % in {year}", value=5.0, year="2024")` is the text "5 % in 2024". What fills it: text (stays as it
    is), numbers, other sentences, and sequences of these, which are joined by semicolons.
    """

    pattern: str
    given: Mapping[str, Any]

    def __new__(cls, pattern: str, /, **given: Any) -> Said:
        made = super().__new__(cls, pattern.format(**{k: _shown(v, "en") for k, v in given.items()}))
        made.pattern, made.given = pattern, given
        return made

    def __reduce__(self) -> Any:
        return _again, (self.pattern, self.given)


def _again(pattern: str, given: Mapping[str, Any]) -> Said:
    return Said(pattern, **given)


def in_language(text: str, lang: str) -> str:
    """The text in a language ("en" or "de"); what has no German stays as it is."""
    if lang == "en" or not isinstance(text, Said):
        return text
    pattern = german().get(text.pattern, text.pattern)
    return pattern.format(**{k: _shown(v, lang) for k, v in text.given.items()})


@cache
def german() -> Mapping[str, str]:
    """English pattern -> German pattern, from `german.toml`."""
    return dict(tomllib.loads(files(__package__).joinpath("german.toml").read_text(encoding="utf-8")))


def _shown(value: Any, lang: str) -> str:
    if isinstance(value, str):
        return in_language(value, lang)
    if isinstance(value, tuple | list):
        return "; ".join(_shown(item, lang) for item in value)
    return number(float(value), lang)


def number(value: float, lang: str = "en") -> str:
    """A number as a reader writes it: up to six digits that count, never with an exponent."""
    size = abs(value)
    text = f"{value:,.0f}" if size >= 1e6 else f"{value:.6f}".rstrip("0").rstrip(".") if size < 1e-3 else f"{value:g}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "de" else text
