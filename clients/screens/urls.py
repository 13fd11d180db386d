"""URLs of «Управление». Every page belongs to one section of `clients.screens.sections`."""

from django.urls import path, register_converter

from clients.screens.sections import SECTION_BY_SLUG
from clients.screens.views import adding, cards, contacts, names, persons


class SectionConverter:
    """The slug of a section."""

    regex = "|".join(SECTION_BY_SLUG)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SectionConverter, "section")

app_name = "clients"
urlpatterns = [
    path("", cards.home, name="home"),
    path("<section:slug>/", cards.client_list, name="list"),
    path("<section:slug>/add/", adding.add, name="add"),
    path("<section:slug>/<int:pk>/", cards.card, name="card"),
    path("<section:slug>/<int:pk>/refresh/", cards.refresh, name="refresh"),
    path("<section:slug>/<int:pk>/edit/", persons.edit_person, name="person_edit"),
    path("<section:slug>/<int:pk>/name/<int:contact_pk>/", names.decline, name="declined_name"),
    path("<section:slug>/<int:pk>/contacts/add/", contacts.add_contact, name="contact_add"),
    path("<section:slug>/<int:pk>/contacts/link/", contacts.link_contact, name="contact_link"),
    path(
        "<section:slug>/<int:pk>/contacts/relink/<str:token>/",
        contacts.relink_contact,
        name="contact_relink",
    ),
    path(
        "<section:slug>/<int:pk>/contacts/<int:contact_pk>/", contacts.contact_row, name="contact"
    ),
    path(
        "<section:slug>/<int:pk>/contacts/<int:contact_pk>/edit/",
        contacts.edit_contact,
        name="contact_edit",
    ),
    path(
        "<section:slug>/<int:pk>/contacts/<int:contact_pk>/unlink/",
        contacts.unlink_contact,
        name="contact_unlink",
    ),
]
