from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import pgettext_lazy


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = pgettext_lazy("navigation", "Feedback")

    def ready(self) -> None:
        from anymail.signals import tracking

        from feedback import reference
        from feedback.sending import mail_event_views

        post_migrate.connect(reference.ensure, sender=self)
        tracking.connect(mail_event_views.receive)
