"""Links from a number to its rows."""

from __future__ import annotations

from datetime import date

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from triangle.periods import Period
from triangle.templatetags import ui

register = template.Library()


@register.filter
def read(value: float | date) -> str:
    """What a number reads of a fact: a score, a share out of ten, a day."""
    if isinstance(value, date):
        return ui.day(value)
    return ui.number(value, 1 if isinstance(value, float) else 0)


@register.simple_tag(takes_context=True)
def to_rows(context: template.Context, name: str) -> SafeString:
    """<a {% to_rows "explained" %}>: no address for who reads without an account."""
    if context.get("is_shared"):
        return SafeString("")
    return format_html('href="{}?{}"', reverse("rows", args=[name]), context["board"].query)


@register.simple_tag
def rows_of(name: str, query: str, days: Period | None = None, **chosen: int) -> str:
    """The address of the rows of one part: the filter of the page, narrowed to it."""
    asked = QueryDict(query, mutable=True)
    if days:
        asked.pop("period", None)
        asked["from"], asked["to"] = days.first.isoformat(), days.last.isoformat()
    for dimension, key in chosen.items():
        asked[dimension] = str(key)
    return f"{reverse('rows', args=[name])}?{asked.urlencode()}"
