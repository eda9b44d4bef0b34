"""URLs of project rooms."""

from django.urls import URLPattern, path

from projects.views import (
    actions,
    date_polls,
    deleting,
    discussions,
    exports,
    file_uploads,
    files,
    finding,
    members,
    panel,
    project_rooms,
    settings,
    sheet,
)

urlpatterns: list[URLPattern] = [
    path("project-rooms/", project_rooms.project_rooms_page, name="project_rooms"),
    path("project-rooms/new/", project_rooms.new_project_room, name="new_project_room"),
    path("project-rooms/<slug:room_id>/", project_rooms.project_room_page, name="project_room"),
    path("project-rooms/<slug:room_id>/members/", members.project_members, name="project_members"),
    path(
        "project-rooms/<slug:room_id>/members/<int:person_id>/role/",
        members.change_project_role,
        name="change_project_role",
    ),
    path(
        "project-rooms/<slug:room_id>/members/<int:person_id>/remove/",
        members.remove_project_person,
        name="remove_project_person",
    ),
    path(
        "project-rooms/<slug:room_id>/companies/<int:company_id>/remove/",
        members.remove_project_company,
        name="remove_project_company",
    ),
    path("project-rooms/<slug:room_id>/leave/", members.leave_project, name="leave_project"),
    path("project-rooms/<slug:room_id>/settings/", settings.project_settings, name="project_settings"),
    path(
        "project-rooms/<slug:room_id>/settings/<slug:state>/",
        settings.change_project_state,
        name="change_project_state",
    ),
    path("project-rooms/<slug:room_id>/terms/", settings.project_terms, name="project_terms"),
    path("project-rooms/<slug:room_id>/terms/edit/", settings.edit_project_terms, name="edit_project_terms"),
    path("project-rooms/<slug:room_id>/panel/", panel.project_panel, name="project_panel"),
    path("project-rooms/<slug:room_id>/dates/new/", date_polls.new_date_poll, name="new_date_poll"),
    path(
        "project-rooms/<slug:room_id>/dates/<slug:poll_id>/delete/",
        date_polls.delete_date_poll,
        name="delete_date_poll",
    ),
    path("project-rooms/<slug:room_id>/dates/<slug:poll_id>/", date_polls.date_poll, name="date_poll"),
    path(
        "project-rooms/<slug:room_id>/dates/<slug:poll_id>/end/",
        date_polls.end_date_poll,
        name="end_date_poll",
    ),
    path(
        "project-rooms/<slug:room_id>/dates/<slug:poll_id>/<slug:time_id>/",
        date_polls.choose_time,
        name="choose_time",
    ),
    path("project-rooms/<slug:room_id>/sheet/", sheet.project_sheet, name="project_sheet"),
    path("project-rooms/<slug:room_id>/sheet/publish/", sheet.publish_sheet, name="publish_sheet"),
    path("project-rooms/<slug:room_id>/requests/", sheet.partner_requests, name="partner_requests"),
    path(
        "project-rooms/<slug:room_id>/requests/<slug:request_id>/",
        sheet.partner_request,
        name="partner_request",
    ),
    path("actions/", actions.my_actions, name="my_actions"),
    path("project-rooms/<slug:room_id>/actions/", actions.project_actions, name="project_actions"),
    path(
        "project-rooms/<slug:room_id>/actions/<slug:action_id>/",
        actions.edit_action,
        name="edit_action",
    ),
    path(
        "project-rooms/<slug:room_id>/actions/<slug:action_id>/done/",
        actions.set_action_done,
        name="set_action_done",
    ),
    path(
        "project-rooms/<slug:room_id>/decisions/<slug:decision_id>/withdraw/",
        actions.withdraw_decision,
        name="withdraw_decision",
    ),
    path("project-rooms/<slug:room_id>/files/", files.project_files, name="project_files"),
    path("project-rooms/<slug:room_id>/files/<slug:file_id>/", files.project_file, name="project_file"),
    path(
        "project-rooms/<slug:room_id>/files/<slug:file_id>/delete/",
        files.delete_project_file,
        name="delete_project_file",
    ),
    path(
        "project-rooms/<slug:room_id>/files/<slug:file_id>/<int:number>/",
        files.download_project_file,
        name="download_project_file",
    ),
    path(
        "project-rooms/<slug:room_id>/files/<slug:file_id>/<int:number>/<int:page>.webp",
        files.project_file_preview,
        name="project_file_preview",
    ),
    path("project-rooms/<slug:room_id>/export/", exports.project_export, name="project_export"),
    path(
        "project-rooms/<slug:room_id>/export/<slug:export_id>/",
        exports.download_project_export,
        name="download_project_export",
    ),
    path("project-rooms/<slug:room_id>/delete/", deleting.delete_project, name="delete_project"),
    path("project-deletions/<slug:deletion_id>/", deleting.deletion_receipt, name="deletion_receipt"),
    path("project-uploads/", file_uploads.file_uploads, name="file_uploads"),
    path("project-uploads/<slug:upload_id>/", file_uploads.file_upload, name="file_upload"),
    path("project-rooms/<slug:room_id>/discussions/", discussions.discussions, name="discussions"),
    path(
        "project-rooms/<slug:room_id>/discussions/emails/",
        discussions.choose_post_emails,
        name="choose_post_emails",
    ),
    path(
        "project-rooms/<slug:room_id>/discussions/<slug:thread_id>/",
        discussions.discussion,
        name="discussion",
    ),
    path(
        "project-rooms/<slug:room_id>/discussions/<slug:thread_id>/delete/",
        discussions.delete_discussion,
        name="delete_discussion",
    ),
    path(
        "project-rooms/<slug:room_id>/discussions/<slug:thread_id>/<slug:post_id>/edit/",
        discussions.edit_post,
        name="edit_post",
    ),
    path(
        "project-rooms/<slug:room_id>/discussions/<slug:thread_id>/<slug:post_id>/delete/",
        discussions.delete_post,
        name="delete_post",
    ),
    path(
        "project-rooms/<slug:room_id>/discussions/<slug:thread_id>/<slug:post_id>/",
        discussions.post,
        name="post",
    ),
    path("project-rooms/<slug:room_id>/timeline/", finding.project_timeline, name="project_timeline"),
    path("project-rooms/<slug:room_id>/search/", finding.project_search, name="project_search"),
    path("project-rooms/<slug:room_id>/history/", settings.project_history, name="project_history"),
]
