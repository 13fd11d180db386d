"""Business rules about clients: account prefixes, usability, similarity."""
