"""The URLs of the product. `econtract.permissions` has the access rules."""

from django.contrib import admin
from django.urls import include, path

from econtract import showcase
from tasks.screens.common import home

handler400 = "econtract.views.bad_request"
handler403 = "econtract.views.permission_denied"
handler404 = "econtract.views.page_not_found"

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("accounts.urls")),
    path("tasks/", include("tasks.urls")),
    path("templates/", include("tasks.screens.templates.urls")),
    path("manage/", include("clients.screens.urls")),
    path("acts/", include("tasks.screens.monthly_acts.urls")),
    path("batches/", include("tasks.screens.batches.urls")),
    path("reports/", include("tasks.screens.reports.urls")),
    path("", include("tasks.screens.search.urls")),
    path("notifications/", include("tasks.screens.notifications.urls")),
    path("verify/", include("econtract.verification.urls")),
    path("help/", include("tasks.screens.help.urls")),
    path("demo/components/", showcase.components, name="components"),
    path("s/", include("tasks.screens.signing.urls")),
    path("my/", include("tasks.screens.client_documents.urls")),
    path("admin/", admin.site.urls),
]
