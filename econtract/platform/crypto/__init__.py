"""ГОСТ Р 34.10-2012 and 34.11-2012, computed by libgcrypt. Needs no Django.

`gost` is what others use; `libgcrypt` is the binding below it.
"""
