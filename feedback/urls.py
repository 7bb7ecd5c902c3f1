from django.urls import URLPattern, URLResolver, path

from feedback import invitation_views, opt_out_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("invitations/", invitation_views.invitation_list, name="invitations"),
    path(
        "invitations/deliveries/<int:pk>/",
        invitation_views.settle_delivery,
        name="delivery-settle",
    ),
    path("u/<str:token>/", opt_out_views.opt_out, name="opt-out"),
]
