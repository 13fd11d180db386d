"""Notifications of users: the bell and e-mail.

`registry` holds the kinds of notification and the types of object that they are about; the apps
above register theirs. `delivery` stores a notification in the transaction of the event, `inbox`
reads it, `mail` sends it, `preferences` has the settings of each user.
"""
