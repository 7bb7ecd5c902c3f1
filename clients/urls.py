from django.urls import URLPattern, URLResolver, path

from clients import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("clients/", views.client_list, name="clients"),
    path("clients/new/", views.client_new, name="client-new"),
    path("clients/<int:pk>/edit/", views.client_edit, name="client-edit"),
    path("clients/<int:pk>/onboarded/", views.client_onboarded, name="client-onboarded"),
]
