"""twofront takes an argument about a war on two fronts apart, and makes the system in it executable.

The map of the house; imports go one way, from top to bottom:

    cli         the commands: thin, no logic
    page        the local web page
    flow        READ FIRST: assess(), the whole product on one page
    report      figures and the report, from a run folder
    analysis    outcomes, verdict, drivers, policies: from a run folder, never from the model
    ensemble    draws worlds and plays them, tile by tile
    game        the stage game of one year and the years before it: payoffs, solvers, certificates
    world       spending, forces, supply, practice; what one year does to them
    scenario    reads and checks the folder an analyst writes; the bundled scenarios
    evidence    claims, their ratings, the ledger
    reference   published tables and readers for the publishers' own files
    store       the shelf: run folders, the column dictionary, queries
    units       units and price bases
    errors      every exception of twofront, as one tree

Start with

    import twofront
    run = twofront.assess("two-fronts", worlds=1024)

What stands in ``__all__`` is the public interface. Each name is fetched from its room on first use, so that
``import twofront`` loads neither JAX nor SciPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twofront.errors import TwofrontError
    from twofront.flow import assess, balance, pledge, read, run, structure, write_report
    from twofront.game import Solution, Stage, StageGame, certify, solve
    from twofront.reference import add_edition, editions
    from twofront.scenario import Scenario, check, load_scenario
    from twofront.store import Run, open_run

__version__ = "0.1.0"

# name -> the room that holds it. The block above says the same to type checkers; a test compares the two.
_HOME = {
    "Run": "twofront.store",
    "Scenario": "twofront.scenario",
    "Solution": "twofront.game",
    "Stage": "twofront.game",
    "StageGame": "twofront.game",
    "TwofrontError": "twofront.errors",
    "add_edition": "twofront.reference",
    "assess": "twofront.flow",
    "balance": "twofront.flow",
    "certify": "twofront.game",
    "check": "twofront.scenario",
    "editions": "twofront.reference",
    "load_scenario": "twofront.scenario",
    "open_run": "twofront.store",
    "pledge": "twofront.flow",
    "read": "twofront.flow",
    "run": "twofront.flow",
    "solve": "twofront.game",
    "structure": "twofront.flow",
    "write_report": "twofront.flow",
}

__all__ = [
    "Run",
    "Scenario",
    "Solution",
    "Stage",
    "StageGame",
    "TwofrontError",
    "__version__",
    "add_edition",
    "assess",
    "balance",
    "certify",
    "check",
    "editions",
    "load_scenario",
    "open_run",
    "pledge",
    "read",
    "run",
    "solve",
    "structure",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from its room on first use and keep it."""
    if name not in _HOME:
        raise AttributeError(f"module 'twofront' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
