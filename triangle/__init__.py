"""The company's promise: project package and first app."""

from triangle.celery import app as celery_app

__all__ = ["celery_app"]
