"""The sandbox runs as a process of its own, so these tests need no Django settings."""

from tests.support.sandbox import sandbox, sandbox_server

__all__ = ["sandbox", "sandbox_server"]
