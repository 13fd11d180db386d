"""Контур.Диадок. `client.DiadocGateway` calls its public API (docs/protocols.md, section 9).

Written from the public documentation, never tried against the live service.
"""
