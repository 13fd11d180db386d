"""Signing with clients: channels, signatures, powers of attorney. Knows no signing tasks."""
