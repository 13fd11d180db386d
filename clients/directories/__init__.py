"""Import of directories from files: read a table, build a plan, show it, then apply it.

The files in `clients/data` (`load_reference`) and the uploads of administrators both do so.
"""
