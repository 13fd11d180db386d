"""Demo data: our boxes and signatories, users, and tasks with a history."""
