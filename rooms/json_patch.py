"""Changes keys of JSON columns in the database, for many rows in one statement."""

import json
from typing import Any

from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable


class Patched(Func):
    """The column with these keys; a dict among them changes keys of the object that the column has there."""

    function = "json_patch"  # SQLite's is RFC 7396

    def __init__(self, column: str | Combinable, **keys: Any) -> None:
        self.keys = keys
        super().__init__(column, Value(json.dumps(keys), output_field=TextField()))

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        changed, values = sql, list(params)
        for key, value in self.keys.items():
            if isinstance(value, dict):
                changed += f" || jsonb_build_object(%s, COALESCE({sql} -> %s, '{{}}') || %s::jsonb)"
                values += [key, *params, key, json.dumps(value)]
            else:
                changed += " || %s::jsonb"
                values.append(json.dumps({key: value}))
        return f"({changed})", values
