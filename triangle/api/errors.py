"""One shape for every refusal: a sentence, a word for programs, and the fields at fault."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from triangle.errors import Refused, StateError


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


class Invalid(APIException):
    status_code = 400
    default_code = "refused"


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is too large.")


class Mismatch(APIException):
    status_code = 422
    default_code = "mismatch"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    error = _known(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = _shape(error, response.data)
    return response


def _known(error: Exception) -> Exception:
    if isinstance(error, StateError):
        return Conflict(error.message)
    if isinstance(error, Refused):
        return Invalid(error.message)
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, OperationalError) and _is_lock(error):
        return Conflict(gettext("The record is busy: please try again."), "busy")
    return error


def _is_lock(error: OperationalError) -> bool:
    return "lock" in str(error)


def _shape(error: Exception, data: Any) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        errors = data if isinstance(data, dict) else {"non_field_errors": data}
        return {
            "detail": gettext("Some values are not valid."),
            "code": "invalid",
            "errors": errors,
        }
    detail = data["detail"]
    return {"detail": detail, "code": detail.code, "errors": {}}
