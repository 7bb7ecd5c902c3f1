"""What templates need to draw and to write: icons, small drawings, numbers, dates, quotations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from triangle import drawing, periods, typography

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """{% icon "check" %} or {% icon "up" "icon-xs" %}; decorative, a word stands beside it."""
    return format_html(
        '<svg class="icon {}" width="18" height="18" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def sparkline(values: Sequence[float | None], label: str = "", css: str = "") -> SafeString:
    """{% sparkline tile.series _("NPS, last 12 months") %}; without label it is decorative."""
    line = drawing.spark(values)
    if line.last is None:
        return SafeString("")
    return format_html(
        '<svg class="spark {}" width="{}" height="{}" viewBox="0 0 {} {}" {}>'
        '<path d="{}"></path><circle cx="{}" cy="{}" r="2.2"></circle></svg>',
        css,
        drawing.SPARK_WIDTH,
        drawing.SPARK_HEIGHT,
        drawing.SPARK_WIDTH,
        drawing.SPARK_HEIGHT,
        _spoken(label),
        line.path,
        *line.last,
    )


@register.simple_tag
def bar(value: float | None, whole: float | None, css: str = "") -> SafeString:
    """{% bar 1655 5118 %}: how much of the whole; is-strong, is-light; the number is beside."""
    return format_html(
        '<svg class="bar {}" height="8" aria-hidden="true"><rect class="bar-track" width="100%" '
        'height="100%" rx="2"></rect><rect class="bar-fill" width="{}%" height="100%" rx="2">'
        "</rect></svg>",
        css,
        drawing.share_percent(value, whole),
    )


@register.simple_tag
def segments(value: int | None, whole: int = 5) -> SafeString:
    """{% segments 2 %}: filled steps of a small scale; the number is written beside."""
    width = 100 / whole
    steps = format_html_join(
        "",
        '<rect class="{}" x="{}%" width="{}%" height="100%" rx="1.5"></rect>',
        (
            ("bar-fill" if step < (value or 0) else "bar-track", round(step * width, 2), width - 3)
            for step in range(whole)
        ),
    )
    return format_html(
        '<svg class="segments" width="100" height="5" aria-hidden="true">{}</svg>', steps
    )


@register.simple_tag
def whisker(
    value: float,
    low: float,
    high: float,
    scale_low: float = 0,
    scale_high: float = 10,
    mean: float | None = None,
) -> SafeString:
    """{% whisker 9.2 8.9 9.5 6 10 8.0 %}: an interval on a scale, the mean of all dotted."""
    at = [f"{drawing.place_percent(x, scale_low, scale_high)}%" for x in (low, high, value)]
    dotted = SafeString("")
    if mean is not None:
        x = f"{drawing.place_percent(mean, scale_low, scale_high)}%"
        dotted = format_html('<line class="mean" x1="{0}" x2="{0}" y1="0" y2="14"></line>', x)
    return format_html(
        '<svg class="whisker" width="90" height="14" aria-hidden="true">{3}'
        '<line x1="{0}" x2="{1}" y1="7" y2="7"></line>'
        '<line x1="{0}" x2="{0}" y1="3" y2="11"></line>'
        '<line x1="{1}" x2="{1}" y1="3" y2="11"></line>'
        '<circle cx="{2}" cy="7" r="3"></circle></svg>',
        *at,
        dotted,
    )


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, param: str, value: Any) -> str:
    """The address of this page with one parameter changed, its name held by a variable."""
    query = context["request"].GET.copy()
    query[param] = value
    return f"?{query.urlencode()}"


def _spoken(label: str) -> SafeString:
    if not label:
        return SafeString('aria-hidden="true"')
    return format_html('role="img" aria-label="{}"', label)


def _language() -> str:
    return translation.get_language() or "en"


@register.filter
def number(value: float | None, places: int = 0) -> str:
    return typography.number(value, _language(), places=places)


@register.filter
def signed(value: float | None, places: int = 0) -> str:
    return typography.signed(value, _language(), places=places)


@register.filter
def percent(share: float | None, places: int = 1) -> str:
    return typography.percent(share, _language(), places=places)


@register.filter
def points(value: float | None, places: int = 0) -> str:
    return typography.points(value, _language(), places=places)


@register.simple_tag
def margin(low: float | None, high: float | None, places: int = 0) -> str:
    """{% margin nps.low nps.high %}: ± 4."""
    return typography.margin(low, high, _language(), places=places)


@register.filter
def quote(text: str) -> str:
    """A person's words between the quotation marks of the page's language."""
    return typography.quoted(text, _language())


@register.filter
def clock(moment: datetime | None) -> str:
    return typography.clock(timezone.localtime(moment), _language()) if moment else typography.DASH


@register.filter
def day(moment: date | datetime | None) -> str:
    """17 Nov, with the year when it is another one; instants are read in the company's time."""
    local = _local_day(moment)
    if local is None:
        return typography.DASH
    return typography.short_day(local, _language(), today=periods.local_day(timezone.now()))


@register.filter
def weekday(moment: date | datetime | None) -> str:
    """Tue 17 Nov."""
    local = _local_day(moment)
    if local is None:
        return typography.DASH
    return f"{typography.week_day(local, _language())} {day(moment)}"


@register.filter
def long_day(moment: date | datetime | None, pattern: str = "l j F") -> str:
    """Tuesday 17 November."""
    local = _local_day(moment)
    if local is None:
        return typography.DASH
    return formats.date_format(local, typography.day_pattern(pattern, local, _language()))


@register.filter
def days(period: periods.Period) -> str:
    """1 Jan – 31 Mar 2025."""
    return typography.days(period.first, period.last, _language())


@register.filter
def moment(instant: datetime | None) -> str:
    """17 Nov 16:05."""
    return f"{day(instant)} {clock(instant)}" if instant else typography.DASH


@register.filter
def age(instant: datetime | None) -> str:
    """1 h 27 since then, or until then."""
    if instant is None:
        return typography.DASH
    return typography.duration(timezone.now() - instant, _language())


@register.filter
def span(length: timedelta | None) -> str:
    """6 h 40, however long ago it was."""
    return typography.duration(length, _language()) if length else typography.DASH


@register.filter
def language(code: str) -> str:
    """fr is French; a code nobody knows stays as it is."""
    try:
        return str(translation.get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def record(fact: Any) -> str:
    """{{ rating|record }}: the page of its intervention; of its client where there is none."""
    if fact.intervention_id:
        return reverse("intervention", args=[fact.intervention_id])
    return reverse("client", args=[fact.client_id])


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """One value of a mapping by a key the template holds."""
    return mapping.get(key)


def _local_day(moment: date | datetime | None) -> date | None:
    return periods.local_day(moment) if isinstance(moment, datetime) else moment
