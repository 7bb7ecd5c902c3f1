"""The description of the API: open to programs, as it holds nobody's data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@method_decorator(login_not_required, name="dispatch")
class Schema(SpectacularAPIView):
    authentication_classes = []
    permission_classes = [AllowAny]


class Docs(SpectacularSwaggerSplitView):
    authentication_classes = [SessionAuthentication]
    permission_classes = [IsAuthenticated]
    url_name = "api-schema"
    template_name = "triangle/api_docs.html"


docs = login_required(Docs.as_view())


class NoSuchAddress(APIView):
    """The rest of the API's addresses answers in JSON too."""

    schema = None

    def get(self, request: Request, path: str) -> Response:
        raise Http404

    post = put = patch = delete = get
