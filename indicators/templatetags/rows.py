"""Links from a number to its rows."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def to_rows(context: template.Context, name: str) -> SafeString:
    """<a {% to_rows "explained" %}>: no address for who reads without an account."""
    if context.get("is_shared"):
        return SafeString("")
    return format_html('href="{}?{}"', reverse("rows", args=[name]), context["board"].query)
