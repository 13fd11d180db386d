"""Machine-readable powers of attorney (МЧД): the format, its checks, and the stored ones.

`mchd` and `mchd_checks` use no database.
"""
