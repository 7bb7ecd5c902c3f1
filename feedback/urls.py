from django.urls import URLPattern, URLResolver, path

from feedback import (
    answer_views,
    answers_views,
    import_views,
    invitation_views,
    opt_out_views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("invitations/", invitation_views.invitation_list, name="invitations"),
    path(
        "invitations/deliveries/<int:pk>/",
        invitation_views.settle_delivery,
        name="delivery-settle",
    ),
    path("import/", import_views.import_list, name="import"),
    path("import/<int:pk>/", import_views.import_run, name="import-run"),
    path("import/<int:pk>/confirm/", import_views.confirm, name="import-confirm"),
    path("import/<int:pk>/errors.csv", import_views.errors, name="import-errors"),
    path("answers/", answers_views.answer_list, name="answers"),
    path("answers/read/", answers_views.read_checked, name="answers-read"),
    path("answers/unread/", answers_views.unread, name="answers-unread"),
    path("answers/<int:pk>/read/", answers_views.read, name="answer-read"),
    path("interventions/<int:pk>/answer/", answers_views.by_phone, name="answer-by-phone"),
    path("r/<str:token>/", answer_views.answer, name="answer"),
    path("r/<str:token>/thanks/", answer_views.thanks, name="answer-thanks"),
    path("r/<str:token>/change/", answer_views.change, name="answer-change"),
    path("r/<str:token>/contact/", answer_views.contact, name="answer-contact"),
    path("r/<str:token>/<str:score>/", answer_views.answer, name="answer-score"),
    path("u/<str:token>/", opt_out_views.opt_out, name="opt-out"),
]
