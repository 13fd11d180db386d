"""The form of a new task: what is typed, what it means, what is still missing (domain, 5)."""
