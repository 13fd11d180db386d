"""What users are told of signing tasks.

`kinds` and `subject` are what the task adds to `econtract.platform.notifications`; `triggers` says
who is told of what, `expiry` tells administrators of certificates that run out.
"""
