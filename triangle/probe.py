"""The container's health check: asks /healthz as the proxy would, without loading Django."""

import os
import sys
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

ADDRESS = "http://127.0.0.1:8000/healthz"
TIMEOUT = 4  # seconds

host = urlsplit(os.environ["PUBLIC_BASE_URL"]).netloc
with urlopen(Request(ADDRESS, headers={"Host": host}), timeout=TIMEOUT) as answer:
    sys.exit(answer.status != 200)
