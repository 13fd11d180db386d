"""The text that the pages of an office document must show, from every part that can hold any.

Runs in confined processes: no Django, no database.
"""
