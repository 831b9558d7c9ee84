"""The scenario room: reads and checks the folder an analyst writes; the bundled scenarios."""

from twofront.scenario.checks import CheckResult, Coverage, check, coverage
from twofront.scenario.loaded import Change, Loaded, Member, Policy
from twofront.scenario.loader import bundled, load_scenario
from twofront.scenario.quantity import Kind, Quantity, Scalar, scalars
from twofront.scenario.schema import Scenario

__all__ = [
    "Change",
    "CheckResult",
    "Coverage",
    "Kind",
    "Loaded",
    "Member",
    "Policy",
    "Quantity",
    "Scalar",
    "Scenario",
    "bundled",
    "check",
    "coverage",
    "load_scenario",
    "scalars",
]
