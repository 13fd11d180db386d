"""The outbox jobs of signing tasks: calls to outside systems, polls, reminders, expiry."""
