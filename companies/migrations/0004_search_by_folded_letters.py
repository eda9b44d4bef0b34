"""PostgreSQL's twin of `companies.words.plain`, for searches in the database. SQLite is given the Python one.

The capitals outside of ASCII are taken apart or written out before lower(), which knows them only in some locales.
"""

from typing import Any

from django.db import migrations

FOLDED = r"""
CREATE OR REPLACE FUNCTION folded(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(regexp_replace(regexp_replace(
    lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
      translate(
        regexp_replace(normalize(written, NFKD), '[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F]', '', 'g'),
        'ŁłØøĐđÐðı', 'LlOoDdDdi'),
      'ß', 'ss'), 'ẞ', 'ss'), 'Æ', 'ae'), 'æ', 'ae'), 'Œ', 'oe'), 'œ', 'oe'), 'Þ', 'th'), 'þ', 'th'),
      'Ǿ', 'o'), 'ǿ', 'o')),
    'a[ae]+', 'a', 'g'), 'oe+', 'o', 'g'), 'ue+', 'u', 'g')
$$
"""


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FOLDED, params=None)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION folded(text)", params=None)


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_know_companies_by_name")]

    operations = [migrations.RunPython(create, drop)]
