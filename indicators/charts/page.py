"""What a page with charts may do that others may not."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])


def holds_charts(view: View) -> View:
    """Plotly sizes its drawings by styles of their elements."""
    shown: Callable[..., HttpResponseBase] = view
    return cast(View, csp_update({"style-src": [UNSAFE_INLINE]})(shown))
