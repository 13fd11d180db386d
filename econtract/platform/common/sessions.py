"""Django's sessions in the database, each read by one plain statement.

Every request reads its session: Django would build that query for longer than it is answered.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

READ = f"""
    SELECT session_data FROM {Session._meta.db_table} WHERE session_key = %s AND expire_date > %s
"""  # noqa: S608 - our name


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, now])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        loaded: dict[str, Any] = self.decode(found[0])
        return loaded
