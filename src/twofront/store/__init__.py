"""The shelf: run folders (Parquet and a manifest), the dictionary of their columns, and queries."""

from twofront.store.columns import COLUMNS, Column, column_dictionary
from twofront.store.run import Run, open_run
from twofront.store.writer import RunWriter

__all__ = ["COLUMNS", "Column", "Run", "RunWriter", "column_dictionary", "open_run"]
