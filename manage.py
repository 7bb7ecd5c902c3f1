#!/usr/bin/env python3
"""Runs a command of the product; the first run makes its own environment in .venv."""

import os
import runpy
import sys
from pathlib import Path

BOOTSTRAP = Path(__file__).resolve().parent / "triangle" / "bootstrap.py"

if __name__ == "__main__":
    # Loaded by its path: importing the package would already need Celery.
    runpy.run_path(str(BOOTSTRAP))["enter"](sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triangle.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
