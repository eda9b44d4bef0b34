"""How a flow refuses: one shape for pages, API and commands."""

FieldErrors = dict[str, list[str]]


class Refusal(Exception):
    """`code` for programs, `message` in the reader's language, `field` of the invalid input, if one is."""

    def __init__(self, code: str, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.field = code, message, field

    @property
    def field_errors(self) -> FieldErrors:
        """Messages by field; those about no field have an empty key."""
        return {self.field: [self.message]}


class Invalid(Refusal):
    """Several fields of the input are invalid."""

    def __init__(self, errors: FieldErrors) -> None:
        super().__init__(
            "invalid", "; ".join(message for messages in errors.values() for message in messages)
        )
        self._errors = errors

    @property
    def field_errors(self) -> FieldErrors:
        return self._errors


class Outdated(Refusal):
    """The row has changed since the caller read it."""
