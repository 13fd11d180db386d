"""Digests, and the verification of signature values. No database.

ГОСТ is computed by libgcrypt (`econtract.platform.crypto`), everything else by `cryptography`.
"""
