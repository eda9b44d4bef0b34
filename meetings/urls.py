"""URLs of a host's pages, and of pictures on pages of meetings."""

from django.urls import URLPattern, path

from meetings.views import hosting, meeting_form, pictures, programme_form

urlpatterns: list[URLPattern] = [
    path("schedule/new/", hosting.new_meeting, name="new_meeting"),
    path("schedule/new/days/", meeting_form.notes_on_new, name="notes_on_new"),
    path("meetings/<slug:meeting_id>/edit/days/", meeting_form.notes_on_change, name="notes_on_change"),
    path("meetings/<slug:meeting_id>/edit/", hosting.edit_meeting, name="edit_meeting"),
    path("meetings/<slug:meeting_id>/host/", hosting.host_page, name="host_meeting"),
    path("meetings/<slug:meeting_id>/publish/", hosting.publish_meeting, name="publish_meeting"),
    path("meetings/<slug:meeting_id>/cancel/", hosting.cancel_meeting, name="cancel_meeting"),
    path("meetings/<slug:meeting_id>/start/", hosting.start_meeting, name="start_meeting"),
    path("meetings/<slug:meeting_id>/end/", hosting.end_meeting, name="end_meeting"),
    path("meetings/<slug:meeting_id>/extend/", hosting.extend_meeting, name="extend_meeting"),
    path("meetings/<slug:meeting_id>/invitations/", hosting.invitations_page, name="invitations"),
    path(
        "invitations/<slug:invitation_id>/send-again/",
        hosting.send_invitation_again,
        name="send_invitation_again",
    ),
    path(
        "invitations/<slug:invitation_id>/withdraw/", hosting.withdraw_invitation, name="withdraw_invitation"
    ),
    path("meetings/<slug:meeting_id>/replies/", hosting.calendar_replies, name="calendar_replies"),
    path(
        "meetings/<slug:meeting_id>/replies/<int:reply_id>/decline/",
        hosting.decline_proposal,
        name="decline_proposal",
    ),
    path("meetings/<slug:meeting_id>/registrations.csv", hosting.registrations_csv, name="registrations_csv"),
    path(
        "meetings/<slug:meeting_id>/registration-questions/",
        hosting.registration_questions,
        name="registration_questions",
    ),
    path(
        "meetings/<slug:meeting_id>/registration-questions/add-<slug:kind>/",
        hosting.add_registration_question,
        name="add_registration_question",
    ),
    path(
        "meetings/<slug:meeting_id>/registration-questions/copy/",
        hosting.copy_registration_questions,
        name="copy_registration_questions",
    ),
    path(
        "meetings/<slug:meeting_id>/registration-questions/<slug:key>/edit/",
        hosting.edit_registration_question,
        name="edit_registration_question",
    ),
    path(
        "meetings/<slug:meeting_id>/registration-questions/<slug:key>/move/",
        hosting.move_registration_question,
        name="move_registration_question",
    ),
    path(
        "meetings/<slug:meeting_id>/registration-questions/<slug:key>/remove/",
        hosting.remove_registration_question,
        name="remove_registration_question",
    ),
    path(
        "registrations/<slug:registration_id>/approve/",
        hosting.approve_registration,
        name="approve_registration",
    ),
    path(
        "registrations/<slug:registration_id>/refuse/",
        hosting.refuse_registration,
        name="refuse_registration",
    ),
    path(
        "meetings/<slug:meeting_id>/unconfirmed/remove/",
        hosting.remove_unconfirmed,
        name="remove_unconfirmed",
    ),
    path("meetings/<slug:meeting_id>/waiting-room/", hosting.set_waiting_room, name="set_waiting_room"),
    path("meetings/<slug:meeting_id>/stage/<int:role_id>/remove/", hosting.dismiss, name="dismiss"),
    path("registrations/<slug:registration_id>/role/", hosting.appoint_registered, name="appoint_registered"),
    path("meetings/<slug:meeting_id>/dates/", hosting.add_dates, name="add_dates"),
    path("meetings/<slug:meeting_id>/cover/", hosting.cover_page, name="cover"),
    path("secretariat/new-programme/", programme_form.new_programme, name="new_programme"),
    path("secretariat/programmes/<slug:slug>/", programme_form.edit_programme, name="edit_programme"),
    path("people/<str:file_name>", pictures.person_picture, name="person_picture"),
    path("covers/<str:file_name>", pictures.meeting_cover, name="meeting_cover"),
    path(
        "covers/small/<str:file_name>",
        pictures.meeting_cover,
        {"is_small": True},
        name="small_meeting_cover",
    ),
    path("programmes/pictures/<str:file_name>", pictures.programme_picture, name="programme_picture"),
    path(
        "programmes/pictures/small/<str:file_name>",
        pictures.programme_picture,
        {"is_small": True},
        name="small_programme_picture",
    ),
]
