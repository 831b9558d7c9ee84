"""What a reader has to know before trusting a run: flagged worlds, certificates, outcomes that say
nothing."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Literal

import numpy as np

from twofront.analysis.draws import quantiles
from twofront.analysis.outcomes import BASELINE, PARTS, sound
from twofront.store import Run

if TYPE_CHECKING:
    import pandas as pd

TECHNICAL = ("policy", "world", "flagged", "error_share", "ties", "tail_move", "certificate", "conservation")
SAME = 1e-7  # a smaller range over worlds is rounding
# Residuals above these are not rounding: measured about 1e-6 (float32) and 1e-14 (float64).
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}
MANY = 0.01  # share of flagged worlds that is worth a sentence of its own

_TEXT = {
    "flagged": (
        "{0} of {1} worlds ({2:.1%}) were left out under every policy: under one they were unsolved, uncertified, or "
        "still moving at the end of the tail.",
        "{0} von {1} Welten ({2:.1%}) wurden unter allen Maßnahmen ausgelassen: Unter einer blieben sie ungelöst, ohne "
        "Zertifikat oder am Ende des Nachlaufs in Bewegung.",
    ),
    "none": (
        "Every world was left out: there is nothing to report. Lengthen the tail.",
        "Alle Welten wurden ausgelassen: Es gibt nichts zu berichten. Verlängern Sie den Nachlauf.",
    ),
    "certificate": (
        "The solution misses its certificate: {0:.1e} in the worst world (allowed {1:.0e}).",
        "Die Lösung verfehlt ihr Zertifikat: {0:.1e} in der schlechtesten Welt (erlaubt {1:.0e}).",
    ),
    "conservation": (
        "Capital or probability is not conserved: {0:.1e} in the worst world (allowed {1:.0e}).",
        "Kapital oder Wahrscheinlichkeit bleibt nicht erhalten: {0:.1e} in der schlechtesten Welt "
        "(erlaubt {1:.0e}).",
    ),
    "same": (
        "{0} is {1:.3g} in every world: no uncertain quantity moves it, so its spread says nothing.",
        "{0} ist in jeder Welt {1:.3g}: Keine unsichere Größe bewegt ihn, seine Spanne sagt also nichts.",
    ),
    "draws": (
        "{0}: {1:.1%} of worlds lie below what should be its {2:.0%} quantile: it was not drawn as declared.",
        "{0}: {1:.1%} der Welten liegen unter dem, was sein {2:.0%}-Quantil sein sollte: nicht wie erklärt gezogen.",
    ),
    "never": (
        "{0} is undefined in every world: the case it is conditional on never occurs.",
        "{0} ist in keiner Welt definiert: Der Fall, auf den sich der Wert bezieht, tritt nie ein.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Health:
    """How far a run can be trusted: largest residuals over worlds and policies, and sentences that warn.

    `flagged` worlds are left out under every policy; `degenerate` names outcomes that are the same in every
    world.
    """

    worlds: int
    flagged: int
    certificate: float
    conservation: float
    tail_move: float
    degenerate: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def flagged_share(self) -> float:
        """Share of worlds left out, 0 to 1."""
        return self.flagged / self.worlds if self.worlds else 0.0


def health(run: Run, lang: Literal["en", "de"] = "en") -> Health:
    """Checks residuals over all policies, and outcomes of the baseline for variance, over the sound
    worlds."""
    kept = sound(run)
    checks = run.to_pandas("worlds", ["certificate", "conservation", "tail_move"])
    checks = checks[np.tile(kept, len(run.policies))]
    worst = {name: float(checks[name].max()) if len(checks) else float("nan") for name in checks.columns}
    outcomes = run.to_pandas("worlds", policy=BASELINE)[kept]
    if len(run.manifest["labels"]["fronts"]) == 1:  # two fronts cannot be: no defect
        second = [name for name in outcomes if name in ("two_fronts", *PARTS) or name.startswith("first.")]
        outcomes = outcomes.drop(columns=second)
    same, never = _degenerate(outcomes)
    missing = int((~kept).sum())
    sentences = [
        *_residuals(worst, str(run.manifest.get("precision", "float32")), lang),
        *(_say("same", lang, name, value) for name, value in same.items()),
        *(_say("never", lang, name) for name in never),
        *(_say("draws", lang, off.path, off.share, off.wanted) for off in quantiles(run)),
    ]
    if missing == len(kept):
        sentences = [_say("none", lang)]
    elif missing / len(kept) > MANY:
        sentences.insert(0, _say("flagged", lang, missing, len(kept), missing / len(kept)))
    return Health(len(kept), missing, **worst, degenerate=(*same, *never), warnings=tuple(sentences))


def _residuals(worst: dict[str, float], precision: str, lang: str) -> list[str]:
    allowed = TOLERANCE.get(precision, TOLERANCE["float32"])
    return [_say(name, lang, worst[name], allowed) for name in ("certificate", "conservation") if worst[name] > allowed]


def _degenerate(outcomes: pd.DataFrame) -> tuple[dict[str, float], list[str]]:
    """Outcomes that are the same in every world, with their value, and those that are never defined."""
    same: dict[str, float] = {}
    never: list[str] = []
    if len(outcomes) < 2:
        return same, never
    for name in outcomes.columns.difference(TECHNICAL, sort=False):
        values = outcomes[name].to_numpy(dtype=np.float64)
        values = values[np.isfinite(values)]
        if not values.size:
            never.append(name)
        elif np.ptp(values) <= SAME:
            same[name] = float(values[0])
    return same, never


class _German(Formatter):
    """Numbers with a decimal comma, and a space before the per cent sign."""

    def format_field(self, value: object, spec: str) -> str:
        text = format(value, spec)
        return text if isinstance(value, str) else text.replace(".", ",").replace("%", " %")


def _say(kind: str, lang: str, *figures: object) -> str:
    given = [f"{n:,}".replace(",", "." if lang == "de" else ",") if isinstance(n, int) else n for n in figures]
    return (_German() if lang == "de" else Formatter()).format(_TEXT[kind][lang == "de"], *given)
