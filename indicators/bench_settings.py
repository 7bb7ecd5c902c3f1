"""The settings of the server that a benchmark starts: the product, and a bare view beside it."""

from triangle.settings import *  # noqa: F403

ROOT_URLCONF = "indicators.bench.answering"
