"""Two pages that change one thing at the same time: what one saved, the other does not overwrite unseen."""

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
    """`initial` is what is saved now; its page sends `read_version` along, the version that it was made from."""

    _was_told = False

    @property
    def read_version(self) -> str:
        return self._read() if self.is_bound and not self._was_told else version_of(self.initial)

    def refuse_outdated(self, *, also: Iterable[str] = ()) -> None:
        """Once: who has read it and sends the form again replaces what is saved.

        `also` names what differs in other forms of the page; `initial` holds what is saved of that, too.
        """
        changed = [*(str(self[name].label) for name in self.changed_data), *also]
        if self._read() in {"", version_of(self.initial)} or not changed:
            return
        self._was_told = True
        words = _(
            "This was changed elsewhere after you opened this page. What you typed is kept, and nothing is saved yet."
            " Different from what is saved now: %(fields)s. Send the form again to save yours."
        )
        self.add_error(None, words % {"fields": ", ".join(changed)})

    def _read(self) -> str:
        return str(self.data.get(FIELD, ""))
