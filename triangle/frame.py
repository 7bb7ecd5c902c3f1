"""What stands around every page of the back office: navigation, badges, freshness.

Apps to the right of this one fill it without being imported: each dotted path in
`settings.FRAME_PROVIDERS` names a function of the request that returns a `Facts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from triangle.models import Role, User

THEMES = ("light", "dark")
THEME_COOKIE = "theme"

OFFICE = frozenset({Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER})
NETWORK = OFFICE | {Role.RECRUITER}


@dataclass(frozen=True)
class Freshness:
    """Until when the answers received are counted in the figures shown."""

    as_of: datetime | None
    is_stale: bool
    told_at: datetime | None = None  # when somebody was told that counting stands still


@dataclass(frozen=True)
class Facts:
    """What one app tells the frame; badges count what waits for me, by name of address."""

    badges: dict[str, int] = field(default_factory=dict)
    freshness: Freshness | None = None


@dataclass(frozen=True)
class Section:
    """A line of the navigation; it is shown once its address exists."""

    name: str
    label: str | Promise
    icon: str = ""
    roles: frozenset[str] = OFFICE
    children: tuple[Section, ...] = ()


SECTIONS = (
    Section("today", _("Today"), "sun"),
    Section(
        "dashboard",
        _("Dashboard"),
        "chart-bar",
        children=(
            Section("dashboard", pgettext_lazy("navigation", "Figures")),
            Section("alerts", _("Alerts")),
            Section("targets", _("Targets")),
            Section("closed-months", _("Closed months")),
        ),
    ),
    Section(
        "answers",
        pgettext_lazy("navigation", "Feedback"),
        "message",
        children=(
            Section("answers", pgettext_lazy("navigation", "Answers")),
            Section("invitations", pgettext_lazy("navigation", "Invitations")),
            Section(
                "suppressions",
                pgettext_lazy("navigation", "Opt-outs"),
                roles=frozenset({Role.ADMIN, Role.QUALITY_LEAD}),
            ),
            Section("participation", pgettext_lazy("navigation", "Participation")),
        ),
    ),
    Section("interventions", _("Interventions"), "calendar-event"),
    Section("clients", _("Clients"), "building"),
    Section("partners", _("Partners"), "users", NETWORK),
    Section("my-interventions", _("My interventions"), "calendar-event", frozenset({Role.PARTNER})),
    Section("my-returns", _("What clients said"), "message", frozenset({Role.PARTNER})),
)
SETTINGS = Section(
    "import",
    _("Settings"),
    "adjustments-horizontal",
    children=(
        Section("import", pgettext_lazy("navigation", "Import")),
        Section("surveys", _("Surveys")),
        Section("themes", pgettext_lazy("navigation", "Themes")),
        Section("jobs", _("Jobs")),
        Section("api-tokens", _("API tokens")),
        Section("mailbox", _("Mailbox")),
        Section("admin:index", _("Administration"), roles=frozenset({Role.ADMIN})),
    ),
)


@dataclass(frozen=True)
class Entry:
    """A section as this person sees it on this page."""

    label: str | Promise
    url: str
    icon: str
    badge: int
    is_current: bool
    children: tuple[Entry, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.is_current or any(child.is_current for child in self.children)


class Frame:
    """Everything here is computed when a template asks, so parts swapped by HTMX pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def freshness(self) -> Freshness | None:
        return next((facts.freshness for facts in self._facts if facts.freshness), None)

    @cached_property
    def badges(self) -> dict[str, int]:
        return {name: n for facts in self._facts for name, n in facts.badges.items()}

    @cached_property
    def navigation(self) -> list[Entry]:
        return list(self._entries(SECTIONS))

    @cached_property
    def settings(self) -> list[Entry]:
        return list(self._entries([SETTINGS]))

    @cached_property
    def _facts(self) -> list[Facts]:
        if not self._user:
            return []
        providers = (import_string(path) for path in settings.FRAME_PROVIDERS)
        return [cast(Callable[[HttpRequest], Facts], tell)(self.request) for tell in providers]

    @cached_property
    def _user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    def _entries(self, sections: Iterable[Section]) -> Iterable[Entry]:
        for section in sections:
            entry = self._entry(section)
            if entry:
                yield entry

    def _entry(self, section: Section) -> Entry | None:
        if not self._user or not (self._user.is_superuser or self._user.role in section.roles):
            return None
        children = tuple(self._entries(section.children))
        url = children[0].url if children else _address(section.name)
        if not url:
            return None
        return Entry(
            label=section.label,
            url=url,
            icon=section.icon,
            badge=self.badges.get(section.name, 0) if section.icon else 0,
            is_current=not children and self.request.path.startswith(url),
            children=children,
        )


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
