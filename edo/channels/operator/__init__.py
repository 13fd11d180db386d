"""Signing through an EDO operator (ЭДО), with qualified signatures and powers of attorney.

`channel.OperatorChannel` is what the pipeline and the card use. `gateway.OperatorGateway` is what
an operator must offer; `diadoc` is the only one so far.
"""
