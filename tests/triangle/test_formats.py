from datetime import date, datetime

import pytest
from django import forms
from django.utils import formats, translation

MOMENT = datetime(2026, 7, 3, 14, 5)


@pytest.mark.parametrize(
    ("language", "day", "time", "amount"),
    [
        ("en", "3 Jul 2026", "14:05", "1,234.5"),
        ("fr", "3 juillet 2026", "14\u00a0h\u00a005", "1\u202f234,5"),
    ],
)
def test_dates_and_numbers_follow_the_language(language, day, time, amount):
    with translation.override(language):
        assert formats.date_format(MOMENT) == day
        assert formats.time_format(MOMENT.time()) == time
        assert formats.number_format(1234.5, use_l10n=True, force_grouping=True) == amount


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_browser_s_date_field_reads_what_we_write_and_we_read_what_it_sends(language):
    with translation.override(language):
        assert 'value="2026-07-03"' in forms.DateInput().render("day", MOMENT.date())
        assert 'value="2026-07-03T14:05"' in forms.DateTimeInput().render("at", MOMENT)
        assert forms.DateField().clean("2026-07-03") == date(2026, 7, 3)
        assert forms.DateField().clean("03/07/2026") == date(2026, 7, 3)
