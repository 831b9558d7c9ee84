"""Answers from a run folder: outcomes, policies, verdict, structures, drivers, deterrence gap, warnings. Never from
the model.

Every analysis leaves flagged worlds out, under every policy alike, so that differences are paired by world.
"""

from twofront.analysis.drivers import Driver, drivers
from twofront.analysis.gap import Gap, Rung, deterrence_gap
from twofront.analysis.outcomes import Argument, Headline, Spread, argument, headline, summary
from twofront.analysis.policies import PolicyEffect, compare
from twofront.analysis.structure import Grid, Line, grid, variants_of
from twofront.analysis.verdict import Cell, Judged, Verdict, verdict
from twofront.analysis.warnings import Health, health

__all__ = [
    "Argument",
    "Cell",
    "Driver",
    "Gap",
    "Grid",
    "Headline",
    "Health",
    "Judged",
    "Line",
    "PolicyEffect",
    "Rung",
    "Spread",
    "Verdict",
    "argument",
    "compare",
    "deterrence_gap",
    "drivers",
    "grid",
    "headline",
    "health",
    "summary",
    "variants_of",
    "verdict",
]
