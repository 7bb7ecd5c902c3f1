from django.urls import URLPattern, URLResolver, path

from partners import phone_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("partners/", views.partner_list, name="partners"),
    path("partners/new/", views.partner_new, name="partner-new"),
    path("partners/<int:pk>/edit/", views.partner_edit, name="partner-edit"),
    path("interventions/", views.intervention_list, name="interventions"),
    path("clients/<int:pk>/interventions/new/", views.intervention_new, name="intervention-new"),
    path("my/interventions/", phone_views.my_interventions, name="my-interventions"),
    path("my/interventions/<int:pk>/", phone_views.my_intervention, name="my-intervention"),
    path("my/interventions/<int:pk>/debrief/", phone_views.debrief, name="debrief"),
    path("my/interventions/<int:pk>/<slug:act>/", phone_views.take_step, name="my-step"),
    path("p/<str:token>/", phone_views.by_link, name="partner-link"),
]
