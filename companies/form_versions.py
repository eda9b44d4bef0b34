"""Optimistic locking for forms: concurrent changes are shown before they are overwritten."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

FIELD = "read_version"


def version_of(saved: Any) -> str:
    return hashlib.sha256(json.dumps(saved, default=str, sort_keys=True).encode()).hexdigest()[:24]


class VersionedForm(forms.Form):
    """`initial` is what is stored now; the page sends back `read_version`, the version that it was rendered from."""

    _was_told = False

    @property
    def read_version(self) -> str:
        return self._read() if self.is_bound and not self._was_told else version_of(self.initial)

    def refuse_outdated(self, *, also: Iterable[str] = ()) -> None:
        """Refuses once: whoever sends the form again has seen the differences and overwrites.

        The form need not be valid, so that everything is said at once. `also` names what differs in other forms of
        the page, whose saved values `initial` holds, too.
        """
        changed = [*(str(self[name].label) for name in self.changed_data), *also]
        if self._read() in {"", version_of(self.initial)} or not changed:
            return
        self._was_told = True
        words = _(
            "This was changed elsewhere after you opened this page. Your text is kept, but nothing "
            "has been saved yet. These fields differ from what is saved now: %(fields)s. Send the "
            "form again to save your version."
        )
        self.add_error(None, words % {"fields": ", ".join(changed)})

    def _read(self) -> str:
        return str(self.data.get(FIELD, ""))
