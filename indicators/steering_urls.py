"""Targets, closed months and alerts."""

from django.urls import path

from indicators import closing_views, jobs_views, target_views, today_views
from indicators.alerts import views

urlpatterns = [
    path("today/alerts/<int:pk>/seen/", today_views.alert_seen, name="today-alert-seen"),
    path("today/alerts/<int:pk>/unseen/", today_views.alert_unseen, name="today-alert-unseen"),
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/sureness/", views.sureness, name="alert-sureness"),
    path("closed-months/", closing_views.closed_months, name="closed-months"),
    path("closed-months/<str:month>/", closing_views.closed_month, name="closed-month"),
    path("closed-months/<str:month>/verify/", closing_views.verify, name="closed-month-verify"),
    path("targets/", target_views.targets, name="targets"),
    path("targets/new/", target_views.add, name="target-add"),
    path("targets/<int:pk>/", target_views.change, name="target"),
    path("jobs/<slug:name>/run/", jobs_views.run_again, name="job-run"),
]
