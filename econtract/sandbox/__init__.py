"""The sandbox: simulators of every outside system, as a Django site of its own.

It keeps its own database, imports no product app and is reached over HTTP only, by the protocols of
`docs/protocols.md`. A person can play the client on its pages; an autopilot can do so too.
Run it with `python -m econtract.sandbox setup` and `gunicorn econtract.sandbox.wsgi`.
"""
