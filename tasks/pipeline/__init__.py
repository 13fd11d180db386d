"""The outside calls of a task's course: one step serves one status."""
