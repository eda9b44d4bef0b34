"""Documents of notes: their content as updates of Yjs, who has written in them, and their earlier versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.models import Person
from rooms.models import Room


class NoteDocument(models.Model):
    """One of a meeting, or without a meeting the lasting one of a project room.

    The content is `state` and all updates after it, merged. `number` counts every update there ever was, `size` the
    bytes of what is kept, and `changed_at` is when the newest came.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="note_documents"
    )
    meeting = models.CharField(max_length=16, blank=True, help_text="id of the meeting that it belongs to")
    state = models.BinaryField(default=bytes, editable=False)
    number = models.PositiveBigIntegerField(default=0, help_text="number of the newest update")
    size = models.PositiveIntegerField(default=0, help_text="bytes")
    is_shown = models.BooleanField(
        _("shown to attendees"), default=False, help_text="those of a webinar may read it"
    )
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notes")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(fields=["room", "meeting"], name="one_document_of_notes_per_meeting")
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.meeting}"

    @property
    def name(self) -> str:
        """As commands and addresses say it."""
        return self.meeting or LASTING


LASTING = "room"  # the name of the document without a meeting


class NoteUpdate(models.Model):
    """A change that `state` does not contain yet, in Yjs's encoding (version 1)."""

    document = models.ForeignKey(NoteDocument, on_delete=models.CASCADE, related_name="updates")
    number = models.PositiveBigIntegerField()
    content = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="updates_of_notes_are_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.number}"


class NoteWriter(models.Model):
    """Whose a client id of a document is: nobody else writes under it. `clock` is the next one of that client."""

    document = models.ForeignKey(NoteDocument, on_delete=models.CASCADE, related_name="writers")
    client = models.PositiveBigIntegerField(help_text="client id of Yjs")
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    clock = models.PositiveBigIntegerField(default=0)
    wrote_at = models.DateTimeField(_("last written at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "client"], name="a_client_id_is_one_person_s")
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.client}"


class NoteVersion(models.Model):
    """The whole content as it was at `at`, and who had written since the version before."""

    document = models.ForeignKey(NoteDocument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveBigIntegerField(help_text="of the newest update that it contains")
    content = models.BinaryField()
    people = models.ManyToManyField(Person, verbose_name=_("people"), related_name="+")
    at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("version of notes")
        verbose_name_plural = _("versions of notes")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_version_per_update_of_notes")
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.number}"
