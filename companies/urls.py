"""URLs of people and companies."""

from django.urls import URLPattern, URLResolver, path

from companies.views import (
    companies,
    company,
    directory,
    editing,
    people,
    personal_data,
    profile,
    topics,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/", directory.directory_page, name="directory"),
    path("companies/<slug:slug>/", company.company_page, name="company"),
    path("companies/<slug:slug>/edit/", editing.edit_company, name="edit_company"),
    path("companies/<slug:slug>/people/", editing.add_person, name="add_person"),
    path("companies/<slug:slug>/people/<int:person_id>/", editing.change_person, name="change_person"),
    path("companies/<slug:slug>/listing/", companies.list_company, name="list_company"),
    path("secretariat/people/", people.people_page, name="manage_people"),
    path("secretariat/people/<int:person_id>/", people.manage_person, name="manage_person"),
    path("secretariat/companies/", companies.companies_page, name="manage_companies"),
    path("secretariat/companies/new/", companies.new_company, name="new_company"),
    path("secretariat/topics/", topics.topics_page, name="manage_topics"),
    path("secretariat/topics/<slug:slug>/", topics.manage_topic, name="manage_topic"),
    path("logos/<str:file_name>", company.company_logo, name="company_logo"),
    path("profile/", profile.profile_page, name="profile"),
    path("profile/data/", personal_data.your_data, name="your_data"),
    path("profile/data/export/", personal_data.export_data, name="export_data"),
    path("profile/delete/", personal_data.delete_account, name="delete_account"),
    path("profile/picture/", profile.change_picture, name="change_picture"),
    path("profile/calendar/", profile.renew_calendar, name="renew_calendar"),
    path("clock/", profile.time_zone_page, name="time_zone"),
    path("clock/set/", profile.set_time_zone, name="set_time_zone"),
]
