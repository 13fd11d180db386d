"""What is inside of a PDF, and what a reader shows of it. No Django: confined processes use it."""
