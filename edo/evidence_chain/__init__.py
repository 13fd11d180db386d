"""Evidence of a simple signature: records chained by hash, their order, and their anchors.

Pure Python without Django: the command that verifies packages uses it, too. docs/signing.md,
«Simple signature», says what the evidence is for.
"""
