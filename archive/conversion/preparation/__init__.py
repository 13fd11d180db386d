"""Rewrites a copy of a document so that both converters show what its author's program showed.

Runs in confined processes: no Django, no database.
"""
