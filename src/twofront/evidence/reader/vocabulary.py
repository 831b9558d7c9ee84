"""Numbers, units, powers and quantities as look-ups, read once from `lexicon/figures.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from twofront.evidence.reader.text import Token


class Stems:
    """A set of words and stems ("russisch*"); a look-up costs a few comparisons whatever its size."""

    def __init__(self, words: str) -> None:
        self.exact = frozenset(w for w in words.split() if not w.endswith("*"))
        self.stems: dict[str, list[str]] = {}
        for word in words.split():
            if word.endswith("*"):
                self.stems.setdefault(word[:3], []).append(word[:-1])

    def __contains__(self, word: str) -> bool:
        if word in self.exact:
            return True
        return any(word.startswith(stem) for stem in self.stems.get(word[:3], ()))


@dataclass(frozen=True)
class Vocabulary:
    """Everything `figures` and `relations` look up."""

    numbers: Mapping[str, float]
    fractions: Mapping[str, float]
    magnitudes: Mapping[str, Mapping[str, float]]
    currencies: Mapping[str, str]
    durations: Mapping[str, str]
    times: Mapping[str, float]
    groups: Mapping[str, Stems]
    powers: Mapping[str, Stems]
    quantities: Mapping[str, Stems]

    def power(self, word: str) -> str | None:
        """The power that a word names ("russische" -> "RUS"), or None."""
        return _tags(word)[1]

    def quantity(self, toks: list[Token], k: int) -> tuple[str, int] | None:
        """The quantity named at token k and how many tokens it takes up."""
        low = toks[k].low
        if k + 1 < len(toks) and low in _FIRST_OF_TWO:
            pair = _tags(f"{low}-{toks[k + 1].low}")[2]
            if pair is not None:
                return pair, 2
        name = _tags(low)[2]
        return (name, 1) if name is not None else None

    def has(self, group: str, word: str) -> bool:
        return group in _tags(word)[0]


_FIRST_OF_TWO = frozenset("military defence defense semiconductor chip für on into for".split())


@lru_cache(maxsize=65536)
def _tags(word: str) -> tuple[frozenset[str], str | None, str | None]:
    """The groups, the power and the quantity of a word: each word is looked up once."""
    voc = vocabulary()
    groups = frozenset(name for name, stems in voc.groups.items() if word in stems)
    power = next((code for code, stems in voc.powers.items() if word in stems), None)
    return groups, power, next((name for name, stems in voc.quantities.items() if word in stems), None)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of figures."""
    text = files(__package__).joinpath("lexicon").joinpath("figures.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    both = data["magnitudes"]["both"]
    groups = {key: Stems(value) for key, value in data["context"].items() if isinstance(value, str)}
    groups |= {key: Stems(data["units"][key]) for key in ("percent", "points", "gdp", "persons")}
    return Vocabulary(
        numbers=data["numbers"]["words"] | data["numbers"]["dozen"],
        fractions=data["numbers"]["fractions"],
        magnitudes={lang: both | data["magnitudes"][lang] for lang in ("de", "en")},
        currencies=data["units"]["currencies"],
        durations=data["units"]["durations"],
        times=data["context"]["times"],
        groups=groups,
        powers={code: Stems(words) for code, words in data["powers"].items()},
        quantities={name: Stems(words) for name, words in data["quantities"].items()},
    )
