"""Text columns that clean their values however they are written: page, API, socket, administration or command.

In migrations they are Django's own fields: the columns are the same.
"""

from typing import Any

from django.db import models

from companies import email_addresses, form_fields, host_names
from companies.folding import name_key_of
from companies.text import cleaned, cleaned_within


class _Clean(models.Field[str, str]):
    """Cleans values on the way to the database, also in lookups, so that they match what is stored."""

    as_migrated = ""

    def cleaned(self, value: str) -> str:
        raise NotImplementedError

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, self.as_migrated, args, kwargs

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.cleaned(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return self.cleaned(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = self.cleaned(value)
            setattr(model_instance, self.attname, value)
        return value


class LineField(_Clean, models.CharField[str, str]):
    """One line, such as a name or a title."""

    as_migrated = "django.db.models.CharField"

    def cleaned(self, value: str) -> str:
        return cleaned(value, one_line=True)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": form_fields.LineField, **kwargs})


class ProseField(_Clean, models.TextField[str, str]):
    """Several lines."""

    as_migrated = "django.db.models.TextField"

    def cleaned(self, value: str) -> str:
        return cleaned(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": form_fields.ProseField, **kwargs})


class EmailAddressField(_Clean, models.EmailField[str, str]):
    """A normalized email address."""

    as_migrated = "django.db.models.EmailField"

    def cleaned(self, value: str) -> str:
        return email_addresses.normalized(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": form_fields.EmailAddressField, **kwargs})


class WebAddressField(_Clean, models.URLField[str, str]):
    as_migrated = "django.db.models.URLField"

    def cleaned(self, value: str) -> str:
        return host_names.address_in_ascii(cleaned(value, one_line=True))

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": form_fields.WebAddressField, **kwargs})


class CleanJSONField(models.JSONField):
    """JSON with cleaned texts: PostgreSQL refuses NUL in them, XML and ICS refuse more."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = cleaned_within(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        return cleaned_within(super().get_prep_value(value))


class NameKeyField(models.CharField[str, str]):
    """The folded `name` of the row, set on every save; for unique constraints."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = name_key_of(cleaned(getattr(model_instance, "name"), one_line=True))  # noqa: B009 - of any model
        setattr(model_instance, self.attname, value)
        return value
