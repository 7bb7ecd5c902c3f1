"""The page on which a user makes and revokes the own API tokens."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from triangle import tokens as token_verbs
from triangle.access import Request, back_office
from triangle.models import TokenScope, User, scopes_open_to


class TokenForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a token", "Name"),
        max_length=80,
        help_text=gettext_lazy("Who will use it, for example “billing export”."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"), widget=forms.CheckboxSelectMultiple
    )
    lifetime_days = forms.TypedChoiceField(label=gettext_lazy("Valid for"), coerce=int, initial=90)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = cast(forms.MultipleChoiceField, self.fields["scopes"])
        scopes.choices = [(scope.value, scope.label) for scope in scopes_open_to(user)]
        lifetimes = cast(forms.TypedChoiceField, self.fields["lifetime_days"])
        lifetimes.choices = [
            (days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days})
            for days in token_verbs.LIFETIMES_DAYS
        ]


@back_office
@require_http_methods(["GET", "POST"])
def tokens(request: Request) -> HttpResponse:
    form = TokenForm(request.POST or None, user=request.user)
    secret = None
    if form.is_valid():
        _scope, secret = token_verbs.create(request.user, now=timezone.now(), **form.cleaned_data)
        form = TokenForm(user=request.user)
    context = {"form": form, "secret": secret, "tokens": TokenScope.objects.of(request.user)}
    return render(request, "triangle/tokens.html", context)


@back_office
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    scope = get_object_or_404(TokenScope.objects.of(request.user), pk=pk)
    token_verbs.revoke(scope, now=timezone.now(), by=request.user)
    messages.success(request, _("“%(name)s” is revoked.") % {"name": scope.name})
    return redirect("api-tokens")
