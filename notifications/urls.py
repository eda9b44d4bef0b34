"""URLs of emails: the trial's mailbox, unsubscribing, the delivery report, and the secretariat's pages."""

from django.urls import URLPattern, URLResolver, path

from notifications.views import actions, date_polls, emails, host_messages, outbox, push, texts

urlpatterns: list[URLPattern | URLResolver] = [
    path("mailbox/", emails.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", emails.mail, name="mail"),
    path("meetings/<slug:meeting_id>/told/", emails.delivery_report_page, name="delivery_report"),
    path("meetings/<slug:meeting_id>/told/people/", emails.delivery_recipients, name="delivery_recipients"),
    path("meetings/<slug:meeting_id>/message/", host_messages.host_message, name="host_message"),
    path("secretariat/messages/", emails.contact_messages, name="contact_messages"),
    path("secretariat/emails/", outbox.outbox_page, name="outbox"),
    path("secretariat/emails/texts/", texts.email_texts, name="email_texts"),
    path("secretariat/emails/texts/<slug:kind>/<slug:language>/", texts.email_text, name="email_text"),
    path("secretariat/emails/<int:key>/", outbox.outbox_email, name="outbox_email"),
    path("profile/notifications/", push.push_page, name="push"),
    path("profile/notifications/on/", push.turn_on_push, name="turn_on_push"),
    path("profile/notifications/off/", push.turn_off_push, name="turn_off_push"),
    path("push/moved/", push.move_push, name="move_push"),
    path("push/worker.js", push.push_worker, name="push_worker"),
    path("date-polls/<str:token>/", date_polls.answer_date_poll, name="answer_date_poll"),
    path("done/<str:token>/", actions.action_done, name="action_done"),
    path("unsubscribe/<str:token>/", emails.unsubscribe, name="unsubscribe"),
]
