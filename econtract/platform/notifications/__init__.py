"""What users are told of: the bell and e-mail.

`registry` holds the kinds of notification and the types of object that they are about; the rooms
above register theirs. `delivery` stores a notification in the transaction of the event, `inbox`
reads it, `mail` sends it, `preferences` is what each user has chosen.
"""
