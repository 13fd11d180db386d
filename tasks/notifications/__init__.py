"""Notifications: what somebody is told of a task, in the bell and by e-mail.

`causes` says who is told of what, `writing` stores it in the transaction of the cause, `reading`
shows it, `mail` sends it.
"""
