"""`manage.py demo`: a living marketplace, served with worker and beat, in one command."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from indicators.demo import cast, load
from indicators.demo.play import Size
from triangle import embedded
from triangle.models import Role


class Command(BaseCommand):
    help = "Load the demonstration marketplace once, then serve it with worker and beat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="set up, do not serve")
        parser.add_argument("--months", type=int, default=18, help="how far back (1 to 60)")
        parser.add_argument("--seed", type=int, default=1, help="another number, another story")

    def handle(self, *, port: int, no_serve: bool, months: int, seed: int, **_options: Any) -> None:
        if not 1 <= months <= 60:
            raise CommandError("--months goes from 1 to 60")
        if not settings.DEBUG:
            raise CommandError("the demonstration has known passwords: it needs DEBUG=true")
        console = Console()
        _answer_at(port)
        call_command("migrate", interactive=False, verbosity=0)
        if not load.is_loaded():
            _load(console, months=months, seed=seed)
        console.print(_accounts())
        if no_serve:
            return
        try:
            console.print(f"\n[bold]http://localhost:{port}/[/bold]   Ctrl-C stops it.\n")
            embedded.serve(port)
        except OSError as error:
            raise CommandError(f"port {port} is taken: try --port {port + 1}") from error


def _answer_at(port: int) -> None:
    """Mails link to where the demonstration is served, unless the environment says otherwise."""
    if "PUBLIC_BASE_URL" not in os.environ:
        settings.PUBLIC_BASE_URL = f"http://localhost:{port}"
        settings.CSRF_TRUSTED_ORIGINS = [settings.PUBLIC_BASE_URL]


def _load(console: Console, *, months: int, seed: int) -> None:
    size = Size(months=months, interventions=round(6000 * months / 18))
    with Progress(console=console) as bar:
        task = bar.add_task("Living through the days of the marketplace", total=None)
        load.load(
            now=timezone.now(),
            size=size,
            seed=seed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _accounts() -> Table:
    table = Table("role", "e-mail", "password", title="Accounts of the demonstration", box=None)
    for account in cast.ACCOUNTS:
        table.add_row(str(Role(account.role).label), account.email, cast.PASSWORD)
    return table
