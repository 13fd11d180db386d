"""The sandbox: simulators of every outside system, as a separate Django site.

It has its own database, imports no product code, and is reached over HTTP only, with the protocols
of `docs/protocols.md`. On its pages a person plays the client; the autopilot can do it instead.
Run it with `python -m econtract.sandbox setup` and `gunicorn econtract.sandbox.wsgi`.
"""
