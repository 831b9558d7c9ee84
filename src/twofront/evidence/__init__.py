"""Evidence: attributed statements, how far each was checked, and the ledger that holds them."""

from twofront.evidence.claim import Audit, Claim, Figure, Rating
from twofront.evidence.ledger import Ledger, load_ledger, read_ledger

__all__ = ["Audit", "Claim", "Figure", "Ledger", "Rating", "load_ledger", "read_ledger"]
