"""Evidence: attributed statements, how far each was checked, and the ledger that holds them."""

from twofront.evidence.claim import Audit, Claim, Errors, Figure, Observe, Rating, Rerating
from twofront.evidence.ledger import Ledger, load_ledger, read_ledger

__all__ = [
    "Audit",
    "Claim",
    "Errors",
    "Figure",
    "Ledger",
    "Observe",
    "Rating",
    "Rerating",
    "load_ledger",
    "read_ledger",
]
