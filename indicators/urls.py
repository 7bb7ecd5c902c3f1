from django.urls import URLPattern, URLResolver, path

from indicators import dashboard_views, jobs_views, record_views, today_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("today/", today_views.show_today, name="today"),
    path("today/<int:pk>/introduced/", today_views.introduced, name="today-introduced"),
    path("today/<int:pk>/read/", today_views.read, name="today-read"),
    path("today/<int:pk>/unread/", today_views.unread, name="today-unread"),
    path("today/<int:pk>/called/", today_views.called, name="today-called"),
    path("search/", today_views.find, name="search"),
    path("jobs/", jobs_views.show_jobs, name="jobs"),
    path("dashboard/", dashboard_views.show, name="dashboard"),
    path("dashboard/partners/", dashboard_views.partner_board, name="partner-board"),
    path("dashboard/rows/<slug:name>/", dashboard_views.behind, name="rows"),
    path("clients/<int:pk>/", record_views.client_page, name="client"),
    path("partners/<int:pk>/", record_views.partner_page, name="partner"),
    path("interventions/<int:pk>/", record_views.intervention_page, name="intervention"),
    path("interventions/<int:pk>/<slug:act>/", record_views.take_step, name="intervention-act"),
]
