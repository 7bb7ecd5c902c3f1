"""What the whys are about: themes, the dictionary that finds them, and what it found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from feedback.models.rating import Rating
from triangle.models import Discipline
from triangle.models.catalogue import Label


class Theme(Label):
    is_used = models.BooleanField(_("used"), default=True)
    history = HistoricalRecords()

    class Meta(Label.Meta):
        verbose_name = _("theme")


class ThemeTerm(models.Model):
    """Words that speak of a theme, in one language, everywhere or in one discipline."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="terms", verbose_name=_("theme"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    discipline = models.ForeignKey(
        Discipline, models.CASCADE, null=True, blank=True, verbose_name=_("discipline")
    )
    words = models.CharField(_("words"), max_length=80)
    stems = models.CharField(max_length=120, editable=False)  # of the words, once, at save

    class Meta:
        verbose_name = _("term")
        ordering = ["theme", "language", "words"]
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "language", "discipline", "stems"], name="theme_term_once"
            ),
            models.UniqueConstraint(
                fields=["theme", "language", "stems"],
                condition=Q(discipline=None),
                name="theme_term_once_for_all",
            ),
            models.CheckConstraint(condition=~Q(stems=""), name="theme_term_says_something"),
        ]

    def __str__(self) -> str:
        return self.words


class ThemeDictionary(models.Model):
    """One row: the version, moved by each change; ratings bear the one they were read with."""

    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dictionary of themes")
        verbose_name_plural = _("dictionary of themes")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="theme_dictionary_single_row"),
        ]

    def __str__(self) -> str:
        return str(self.version)


class RatingTheme(models.Model):
    """A theme of a why. What a hand set or took away stays, whatever the dictionary says."""

    rating = models.ForeignKey(Rating, models.CASCADE, related_name="theme_links")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="rating_links")
    by_hand = models.BooleanField(_("by hand"), default=False)
    is_on = models.BooleanField(_("is about it"), default=True)

    class Meta:
        verbose_name = _("theme of an answer")
        verbose_name_plural = _("themes of answers")
        constraints = [
            models.UniqueConstraint(fields=["rating", "theme"], name="rating_theme_once"),
            models.CheckConstraint(
                condition=Q(is_on=True) | Q(by_hand=True), name="rating_theme_taken_by_hand_only"
            ),
        ]
        indexes = [models.Index(fields=["theme", "rating"], name="rating_theme_by_theme")]

    def __str__(self) -> str:
        return f"{self.rating_id} · {self.theme_id}"


def themes_on() -> Prefetch[Any]:
    """For `prefetch_related` of ratings: what each is about, whoever said so, as `themes_on`."""
    links = RatingTheme.objects.filter(is_on=True).select_related("theme").order_by("theme_id")
    return Prefetch("theme_links", links, to_attr="themes_on")
