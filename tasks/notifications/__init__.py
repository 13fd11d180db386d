"""Notifications about signing tasks.

`kinds` and `subject` register tasks with `econtract.platform.notifications`. `triggers` decides
who is notified of which event; `expiry` notifies administrators of certificates that expire.
"""
