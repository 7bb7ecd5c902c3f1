import pytest
from django.test import RequestFactory

from triangle.addresses import client_address


@pytest.mark.parametrize(
    ("proxies", "written", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "10.6.6.6, 203.0.113.9, 198.51.100.2", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(settings, proxies, written, address):
    settings.NUM_PROXIES = proxies
    headers = {"X-Forwarded-For": written} if written else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)
    assert client_address(request) == address
