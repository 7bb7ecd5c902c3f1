"""What every template can ask for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from triangle.frame import Frame


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"company_name": settings.COMPANY_NAME, "frame": Frame(request)}
