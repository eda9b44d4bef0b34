"""A form and the flow that takes it."""

from collections.abc import Callable
from typing import Any

from companies.refusals import Refusal


def saved(form: Any, flow: Callable[[], object]) -> bool:
    """False, with errors in the form, when it is invalid or the flow refuses."""
    if not form.is_valid():
        return False
    try:
        flow()
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    return True
