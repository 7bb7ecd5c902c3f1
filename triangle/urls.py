"""Every address of the product, in the order of the line of apps."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("clients.urls")),
    path("", include("partners.urls")),
    path("", include("feedback.urls")),
    path("", include("indicators.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
