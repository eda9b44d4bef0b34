"""URLs of the trial's mailbox, unsubscribing and the delivery report."""

from django.urls import URLPattern, URLResolver, path

from notifications.views import emails, host_messages, outbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("mailbox/", emails.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", emails.mail, name="mail"),
    path("meetings/<slug:meeting_id>/told/", emails.delivery_report_page, name="delivery_report"),
    path("meetings/<slug:meeting_id>/told/people/", emails.delivery_recipients, name="delivery_recipients"),
    path("meetings/<slug:meeting_id>/message/", host_messages.host_message, name="host_message"),
    path("secretariat/messages/", emails.contact_messages, name="contact_messages"),
    path("secretariat/emails/", outbox.outbox_page, name="outbox"),
    path("secretariat/emails/<int:key>/", outbox.outbox_email, name="outbox_email"),
    path("unsubscribe/<str:token>/", emails.unsubscribe, name="unsubscribe"),
]
