"""What the room's page says of resources."""

from django.utils.translation import gettext as _

from engagement.resources.file_types import MESSAGES


def words() -> dict[str, str]:
    return {
        "resources": _("Resources"),
        "resources.empty": _("No resources yet. Share a link or a document, and everyone can open it."),
        "resources.shared_says": _("New resource: {title}"),
        "resources.open": _("Open the link"),
        "resources.download": _("Download"),
        "resources.new_window": _("opens in a new window"),
        "resources.remove": _("Remove"),
        "resources.remove_title": _("Remove this resource?"),
        "resources.remove_text": _("No one will be able to open it any more, here or on the meeting page."),
        "resources.keep": _("Keep"),
        "resources.link_title": _("Share a link"),
        "resources.name": _("Title"),
        "resources.name_hint": _("optional"),
        "resources.address": _("Web address"),
        "resources.address_hint": _("Starts with https://."),
        "resources.share": _("Share with everyone"),
        "resources.bad_title": _("Enter a title."),
        "resources.bad_address": _(
            "Enter a web address that begins with https://, such as https://example.org/map."
        ),
        "resources.not_shared": _("This couldn’t be shared. There may be too many resources already."),
        "resources.file_title": _("Upload a document"),
        "resources.file": _("File"),
        "resources.file_hint": _(
            "PDF, pictures, office documents (without macros) or plain text, at most 50 MB. Everyone gets it at once."
        ),
        "resources.upload": _("Upload"),
        "resources.uploading": _("Uploading. Stay on this page."),
        "resources.choose_file": _("Choose a file first."),
        "resources.too_large": str(MESSAGES["too_large"]),
        "resources.not_uploaded": _("The file was not uploaded. Try again in a moment."),
        "resources.on_page": _("They stay on the meeting page for everyone who can join."),
    }
