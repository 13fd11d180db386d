"""Tables of data in uploaded xlsx and csv files, read in a confined process."""

from archive.tables.reading import Table, TableRefused, TableRow, read_table

__all__ = ["Table", "TableRefused", "TableRow", "read_table"]
