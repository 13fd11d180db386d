"""The outside systems that clients are looked up, identified and written to in.

One module per system: a Protocol, its data classes, the HTTP gateway and a function that returns
it (`cdi()`, …). Tests and other code depend on the Protocol only.
"""
