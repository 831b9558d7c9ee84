"""Words in tables that a spreadsheet opens: nothing that somebody wrote is run as a formula."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would begin a formula. Numbers stay numbers."""
    return "'" + cell if cell.startswith(FORMULA) else cell
