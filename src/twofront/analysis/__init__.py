"""Answers from a run folder and from published tables: outcomes, policies, verdict, structures, drivers, deterrence
gap, pledge, balance, warnings. Never from the model.

Every analysis leaves flagged worlds out, under every policy alike, so that differences are paired by world.
"""

from twofront.analysis.balance import Amount, Balance, BalanceRow, balance
from twofront.analysis.buys import Buys, buys
from twofront.analysis.drivers import Driver, drivers
from twofront.analysis.gap import Gap, Rung, deterrence_gap
from twofront.analysis.outcomes import Argument, Headline, Spread, argument, headline, summary
from twofront.analysis.persistence import Odds
from twofront.analysis.pledge import AllyPledge, PledgeReport, pledge
from twofront.analysis.policies import PolicyEffect, compare
from twofront.analysis.structure import Grid, Line, grid, variants_of
from twofront.analysis.verdict import Cell, Judged, Verdict, verdict
from twofront.analysis.warnings import Health, health

__all__ = [
    "AllyPledge",
    "Amount",
    "Argument",
    "Balance",
    "BalanceRow",
    "Buys",
    "Cell",
    "Driver",
    "Gap",
    "Grid",
    "Headline",
    "Health",
    "Judged",
    "Line",
    "Odds",
    "PledgeReport",
    "PolicyEffect",
    "Rung",
    "Spread",
    "Verdict",
    "argument",
    "balance",
    "buys",
    "compare",
    "deterrence_gap",
    "drivers",
    "grid",
    "headline",
    "health",
    "pledge",
    "summary",
    "variants_of",
    "verdict",
]
