"""Stored files: kept by their content, checked when read, served, previewed, cleaned up."""
