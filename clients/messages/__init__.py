"""Everything that is sent to clients by SMS and e-mail (docs/rules.md#messages-to-clients).

`sending` sends, `reports` records what became of a message and tells others by `signals`.
"""
