"""What a demonstration needs: our boxes and signatories, people, and tasks with a past."""
