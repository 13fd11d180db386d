"""The simple signature: a link and a code by SMS (docs/signing.md)."""
