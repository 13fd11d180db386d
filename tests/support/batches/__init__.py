"""Batches for tests."""
