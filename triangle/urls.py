"""Every address of the product, in the order of the line of apps."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from clients.api import Clients
from feedback.api import Ratings
from indicators.api import Indicators
from partners.api import Interventions, Partners
from triangle import health, mailbox_views, tokens_views, views
from triangle.api import schema
from triangle.api.catalogue import Services

api = SimpleRouter()
api.register("services", Services, basename="api-service")
api.register("clients", Clients, basename="api-client")
api.register("partners", Partners, basename="api-partner")
api.register("interventions", Interventions, basename="api-intervention")
api.register("ratings", Ratings, basename="api-rating")
api.register("indicators", Indicators, basename="api-indicator")

# The admin asks for the second factor like every other page.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Triangle"

urlpatterns = [
    path("", views.home, name="home"),
    path("theme/", views.theme, name="theme"),
    path("robots.txt", views.robots, name="robots"),
    path("i18n/setlang/", views.language, name="set-language"),
    path("mailbox/", mailbox_views.mailbox_page, name="mailbox"),
    path("mailbox/<str:name>/", mailbox_views.mail, name="mail"),
    path("mailbox/<str:name>/body/", mailbox_views.body, name="mail-body"),
    path("", include("clients.urls")),
    path("", include("partners.urls")),
    path("", include("feedback.urls")),
    path("", include("indicators.urls")),
    path("account/tokens/", tokens_views.tokens, name="api-tokens"),
    path("account/tokens/<int:pk>/revoke/", tokens_views.revoke, name="api-token-revoke"),
    path("api/schema/", schema.Schema.as_view(), name="api-schema"),
    path("api/docs/", schema.docs, name="api-docs"),
    path("api/v1/", include(api.urls)),
    re_path(r"^api/v1/(?P<path>[\s\S]*)$", schema.NoSuchAddress.as_view()),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
