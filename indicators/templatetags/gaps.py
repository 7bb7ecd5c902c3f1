"""Gaps as lines write them."""

from __future__ import annotations

from django import template

from indicators import gap_words
from indicators import triangle_how as triangle_how_
from indicators.figures import Figures
from indicators.gap_lines import GapLine
from indicators.gaps import Gap, Triangle

register = template.Library()


@register.filter
def headline(triangle: Triangle) -> str:
    return gap_words.headline(triangle)


@register.simple_tag
def triangle_how(triangle: Triangle, now: Figures) -> list[tuple[str, str]]:
    """{% triangle_how board.triangle board.now as lines %}"""
    return triangle_how_.triangle_how(triangle, now)


@register.filter
def verdict(line: GapLine) -> str:
    return gap_words.verdict(line)


@register.filter
def amount(gap: Gap) -> str:
    return gap_words.amount(gap)


@register.filter
def gap_name(gap: Gap) -> str:
    return str(gap_words.GAPS[gap.name])
