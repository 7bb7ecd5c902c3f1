"""The figures of the dashboard, for a filter in external ids."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from indicators import targets
from indicators.comparison_document import WrongComparisonError, comparison
from indicators.document import document
from indicators.figures import figures
from indicators.repeat import repeat
from indicators.tallies.recount import drain_all
from partners.comparison_choice import LABELS
from partners.period_choice import EARLIEST, PeriodChoice
from partners.scope import DIMENSIONS, Scope, UnknownScopeError
from triangle.periods import Period, local_day

BREAKDOWNS = ("day", "month", "service", "partner", "setting")


class Command(BaseCommand):
    help = "Print the same figures as the dashboard."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY")
        for name, dimension in DIMENSIONS.items():
            parser.add_argument(
                f"--{name}", action="append", default=[], metavar=dimension.external.upper()
            )
        parser.add_argument("--by", choices=BREAKDOWNS)
        parser.add_argument("--compare", choices=list(LABELS), help="with what, and the test")
        parser.add_argument("--compare-from", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--compare-to", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {name: options[name] for name in DIMENSIONS if options[name]}
        try:
            scope = Scope.from_external_ids(asked)
            period = _period(options["first"], options["last"])
        except (UnknownScopeError, ValueError) as error:
            raise CommandError(str(error)) from error
        drain_all(now=timezone.now())  # a script that imports and asks at once gets it all
        found = figures(scope, period, by=options["by"])
        again = repeat(scope, period, today=local_day(timezone.now()))
        aims = targets.document(found)
        try:
            beside = comparison(found, options)
        except WrongComparisonError as error:
            raise CommandError(str(error)) from error
        result = document(
            found,
            filter=asked,
            by=options["by"],
            repeat=again,
            targets=aims,
            comparison=beside,
        )
        self.stdout.write(json.dumps(result, indent=None if options["json"] else 2))


def _period(first: date | None, last: date | None) -> Period:
    today = local_day(timezone.now())
    if first is None and last is None:
        return PeriodChoice.default(today=today).period
    return Period(first or EARLIEST, last or max(today, first or today))
