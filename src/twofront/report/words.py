"""Every text of report and first screen, in English and German, and how each language writes numbers.

A text is a template for `str.format`; what fills it (names from a scenario) is escaped where it is shown, not here.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "de")


@dataclass(frozen=True)
class Words:
    """The texts of one language."""

    lang: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **given: Any) -> str:
        return self.texts[key].format(**given) if given else self.texts[key]

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the language's decimal mark and thousands mark; a dash for what is missing."""
        if not math.isfinite(value):
            return "–"
        text = f"{value:,.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.replace("-", "")
        if self.lang == "de":
            text = text.translate(str.maketrans(",.", ".,"))
        return text.replace("-", "−")

    def percent(self, share: float) -> str:
        """A share as percent, with one decimal below 10 % and two below 1 %."""
        if not math.isfinite(share):
            return "–"
        size = abs(share) * 100
        if 0 < size < 0.005:
            return ("<" if share > 0 else "−<") + self.percent(1e-4)
        digits = 0 if size >= 9.95 or size < 0.005 else 1 if size >= 0.995 else 2
        space = "\N{NO-BREAK SPACE}" if self.lang == "de" else ""
        return self.number(share * 100, digits) + space + "%"

    def points(self, share: float) -> str:
        """A difference of shares in percentage points, always with its sign."""
        size = abs(share) * 100
        digits = 1 if size >= 0.95 else 2 if size >= 0.095 else 3
        text = self.number(share * 100, digits if size >= 5e-4 else 0)
        return text if text.startswith("−") or text == "0" else "+" + text

    def error(self, share: float | None) -> str:
        """A standard error of a share or a difference, in percentage points: "±0.3"; nothing where none is known."""
        if share is None:
            return ""
        size = abs(share) * 100
        digits = 0 if size >= 9.5 else 1 if size >= 0.095 else 2 if size >= 0.0095 else 3
        return "±" + self.number(share * 100, digits) if size >= 0.0005 else "±0"

    def span(self, low: float, high: float) -> str:
        """A range of shares: the unit once, at its end."""
        return f"{self.percent(low).rstrip('%').rstrip()}–{self.percent(high)}"


# In a scenario of one front the report is about its opening: what the texts then say instead, in this order.
ONE_FRONT = {
    "en": {
        "whether two fronts open": "whether the front is opened",
        "that two fronts come": "that the front is opened",
        "two fronts": "an open front",
        "Two fronts": "An open front",
    },
    "de": {
        "ob zwei Fronten aufgehen": "ob die Front eröffnet wird",
        "Zwei Fronten kommen": "Die Front wird",
        "seltener": "seltener eröffnet",
        "bei zwei Fronten": "bei einer offenen Front",
        "mit zwei Fronten": "mit einer offenen Front",
        "Risiko zweier Fronten": "Risiko einer offenen Front",
        "zwei Fronten": "eine offene Front",
        "Zwei Fronten": "Eine offene Front",
    },
}


def words(lang: str, *, fronts: int = 2) -> Words:
    """The texts of a language for a scenario of so many fronts. ValueError for any language but "en" and "de"."""
    texts = sheet("words.toml", lang).texts
    for ours, theirs in ONE_FRONT[lang].items() if fronts == 1 else ():
        texts = {key: text.replace(ours, theirs) for key, text in texts.items()}
    return Words(lang, texts)


@cache
def sheet(name: str, lang: str) -> Words:
    """The texts of one file under `templates/`. ValueError for any language but "en" and "de"."""
    if lang not in LANGUAGES:
        raise ValueError(f'There is no report in "{lang}". Languages are en (English) and de (German).')
    return Words(lang, catalogue(name)[lang])


def catalogue(name: str = "words.toml") -> dict[str, dict[str, str]]:
    """Both languages of a file under `templates/`, where each text stands beside its translation."""
    text = (resources.files("twofront.report") / "templates" / name).read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    return {lang: {key: str(entry[lang]) for key, entry in entries.items()} for lang in LANGUAGES}
