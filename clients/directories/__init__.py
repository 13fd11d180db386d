"""Directories from files: read a table, compare it with the database, show, then apply.

The shipped files (`load_reference`) and an administrator's uploads go the same way.
"""
