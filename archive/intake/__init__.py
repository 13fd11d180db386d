"""Accepting uploaded files: a file is judged by its content before it is stored or shown."""
