"""Keys that are too large for their column match nothing, in ``IN`` conditions too.

Django sees to that for ``=``, ``<`` and ``>``. The admin passes the values of query strings and
forms to ``IN``, where a number of twenty digits would be an error of the database.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import IntegerField
from django.db.models.lookups import In


class BoundedIn(In):
    """``IN`` without the numbers that the column cannot hold."""

    def get_prep_lookup(self) -> Any:
        values: Any = super().get_prep_lookup()
        if not isinstance(values, Iterable):  # a subquery
            return values
        field_type = self.lhs.output_field.get_internal_type()
        # None where the database has no bound of its own.
        bounds: Any = connection.ops.integer_field_range(field_type)
        minimum, maximum = bounds
        return [
            value
            for value in values
            if not isinstance(value, int)
            or ((minimum is None or value >= minimum) and (maximum is None or value <= maximum))
        ]


def register() -> None:
    """Replaces Django's lookup for numbers. Called once, when the apps are ready."""
    IntegerField.register_lookup(BoundedIn)
