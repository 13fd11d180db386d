"""Template tags and filters of the sandbox."""
