"""Files hold exactly what the page shows, and nothing a spreadsheet would run."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from random import Random

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook

from indicators import targets
from indicators.dashboard import dashboard
from indicators.fact_rows import BEHIND
from indicators.files import exports, pdf, sheet_files
from indicators.files.report import Points, Share, Table
from indicators.partner_board import partner_rows
from indicators.tallies import recount
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from tests.factories import ClientFactory, InterventionFactory, RatingFactory, UserFactory
from tests.indicators.market import Market
from tests.indicators.test_dashboard import TILE_COUNTS
from triangle.models import JournalEntry, Role
from triangle.templatetags.ui import days

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"]
TODAY = date(2025, 5, 1)
HIDDEN = "Not for you"


def read_csv(answer, delimiter=","):
    content = b"".join(answer) if answer.streaming else answer.content
    text = content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))


def read_xlsx(answer):
    return load_workbook(BytesIO(b"".join(answer)))


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.rows]


def as_text(rows):
    """Cells of a workbook as an English CSV writes them."""
    return [
        [
            ""
            if cell is None
            else cell.date().isoformat()
            if isinstance(cell, datetime)
            else f"{round(cell, 6):f}".rstrip("0").rstrip(".")
            if isinstance(cell, float)
            else str(cell)
            for cell in row
        ]
        for row in rows
    ]


@pytest.fixture
def whys(client):
    """Answers whose whys a spreadsheet would run, for who may see all."""
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    for why in FORMULAS:
        RatingFactory(why=why)
    return "/dashboard/rows/explained/export/{}/?period=everything"


@pytest.fixture
def market(db):
    found = Market(interventions=120, seed=11)
    recount.recount_all(now=timezone.now())
    return found


def test_a_why_that_looks_like_a_formula_stays_text(client, whys):
    written = {f"'{why}" for why in FORMULAS}
    assert {row[-1] for row in read_csv(client.get(whys.format("csv")))[1:]} == written
    book = read_xlsx(client.get(whys.format("xlsx")))
    found = [row[-1] for row in book.worksheets[0].rows][1:]
    assert {cell.value for cell in found} == written
    assert {cell.data_type for sheet in book for row in sheet.rows for cell in row} <= {
        "s",
        "n",
        "d",
    }


def test_names_are_as_safe_as_whys(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    dangerous = ClientFactory(name='=HYPERLINK("http://x.example")')
    RatingFactory(intervention=InterventionFactory(completed=True, client=dangerous))
    address = "/dashboard/rows/explained/export/csv/?period=everything"
    assert read_csv(client.get(address))[1][1] == f"'{dangerous.name}"


@pytest.mark.parametrize("why", ["a\x00b c", "a\x07b", "#REF!", "x" * 40_000, "a\r\nb", "🙂 ok"])
def test_odd_text_breaks_no_file(client, why):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    RatingFactory(why=why.replace("\x00", ""))
    address = "/dashboard/rows/explained/export/{}/?period=everything"
    assert len(read_csv(client.get(address.format("csv")))) == 2
    cell = read_xlsx(client.get(address.format("xlsx"))).worksheets[0].cell(2, 6)
    assert cell.data_type == "s"
    assert client.get(address.format("pdf")).content[:5] == b"%PDF-"


def test_markup_of_the_page_setter_is_text_in_the_file():
    wild = '#panic("x") *b* $1$ `c` <d> @e'
    table = Table("T", ("a",), ((wild,),))
    assert pdf.pdf(pdf.Report("#panic()", ["#panic()"], [table]))[:5] == b"%PDF-"
    assert pdf.document(pdf.Report("T", [], [table]))["tables"][0]["rows"] == [[wild]]


@pytest.mark.parametrize("seed", range(10))
def test_tile_rows_csv_and_xlsx_agree(client, market, seed):
    """Filters drawn by lot, for who sees all and for a manager: one count, the same facts."""
    market.draw = Random(seed)
    scope, period = market.scope(), market.period()
    user = market.managers[0] if scope.portfolio else UserFactory(role=Role.QUALITY_LEAD)
    client.force_login(user)
    choice = PeriodChoice("custom", period)
    query = "&".join(filter(None, [choice.as_query(), scope.as_query()]))
    scope = client.get(f"/dashboard/?{query}").context["board"].scope
    board = dashboard(scope, choice, today=TODAY)
    for name in market.draw.sample(sorted(TILE_COUNTS), 5):
        shown = client.get(f"/dashboard/rows/{name}/?{query}").context["page"].paginator
        address = f"/dashboard/rows/{name}/export/{{}}/?{query}"
        head, *lines = read_csv(client.get(address.format("csv")))
        book = read_xlsx(client.get(address.format("xlsx")))
        assert len(lines) == shown.count == TILE_COUNTS[name](board.now), name
        assert as_text(cells(book.worksheets[0])) == [head, *lines]
        days = [[fact.day.isoformat(), fact.client.name] for fact in shown.object_list]
        assert [line[:2] for line in lines] == days


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_the_tiles(client, market, seed):
    market.draw = Random(seed)
    scope, choice = Scope(), PeriodChoice("custom", market.period())
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    query = choice.as_query()
    now = dashboard(scope, choice, today=TODAY).now
    head, *lines = read_csv(client.get(f"/dashboard/export/csv/?{query}"))
    assert head[:6] == ["Part", "Figure", "Value", "from", "to", "n"]
    assert head[6] == f"Change against {days(choice.compared)}"
    assert head[7:] == ["Verdict", "Target", "On target"]
    found = {line[1]: line[2:6] for line in lines if line[0] == "Figures"}
    for name, figure in (
        ("NPS", now.nps),
        ("Company service", now.company),
        ("Cancellations", now.cancellation.rate),
        ("Response rate", now.response.rate),
    ):
        expected = [figure.value, figure.low, figure.high, figure.n]
        assert found[name] == as_text([expected])[0]
    assert found["Completed"] == [str(now.volume.completed), "", "", str(now.volume.completed)]
    scores = [int(line[2]) for line in lines if line[0] == "Scores 0 to 10"]
    assert scores == list(now.nps.distribution)


def test_the_three_files_hold_the_same_numbers(client, market):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    query = "from=2025-02-01&to=2025-03-31"
    _head, *lines = read_csv(client.get(f"/dashboard/export/csv/?{query}"))
    book = read_xlsx(client.get(f"/dashboard/export/xlsx/?{query}"))
    sheets = book.worksheets[:-1]
    flat = [[sheet.title, *row] for sheet in sheets for row in as_text(cells(sheet))[1:]]
    assert flat == lines
    choice = PeriodChoice.from_query({"from": "2025-02-01", "to": "2025-03-31"}, today=TODAY)
    export = exports.of_dashboard(Scope(), choice, today=timezone.localdate())
    report = pdf.Report(export.title, export.words, export.tables)
    printed = [
        {"Part": table["title"], **dict(zip(table["head"], row, strict=True))}
        for table in pdf.document(report)["tables"]
        for row in table["rows"]
    ]
    assert [(row["Part"], row["Figure"]) for row in printed] == [
        (line[0], line[1]) for line in lines
    ]
    counts = [line[_head.index("n")] for line in lines]
    assert [row.get("n", "") for row in printed] == [f"{int(n):,}" if n else "" for n in counts]


TARGETS = {"nps": 40, "cancellations": 30, "company": 4.2, "returns": 50}


@pytest.fixture
def aimed(market):
    """Targets of which the market meets one, misses three, and has none for the others."""
    lead = UserFactory(role=Role.QUALITY_LEAD)
    for key, value in TARGETS.items():
        targets.add(
            indicator=key, year=2025, discipline=None, setting=None, value=Decimal(str(value)),
            by=lead, now=timezone.now(),
        )  # fmt: skip
    return "from=2025-02-01&to=2025-03-31"


def test_targets_stand_beside_their_figures_in_each_file(as_quality_lead, aimed):
    tiles = as_quality_lead.get(f"/dashboard/?{aimed}").context["board"].tiles
    head, *lines = read_csv(as_quality_lead.get(f"/dashboard/export/csv/?{aimed}"))
    at, on = head.index("Target"), head.index("On target")
    found = {line[1]: (line[at], line[on]) for line in lines if line[0] == "Figures"}
    met = {True: "met", False: "not met", None: ""}
    aims = {"nps": "40", "cancellations": "0.3", "company": "4.2", "returns": "0.5"}
    for tile in tiles:
        assert found[tile.name] == (aims.get(tile.key, ""), met[tile.is_met]), tile.key
    assert {tile.is_met for tile in tiles} == {True, False, None}
    sheet = read_xlsx(as_quality_lead.get(f"/dashboard/export/xlsx/?{aimed}")).worksheets[0]
    named = {row[0].value: row for row in sheet.rows}
    assert (named["Cancellations"][7].value, named["Cancellations"][7].number_format) == (
        0.3,
        "0.0%",
    )
    months = [line for line in lines if line[0] == "NPS by month" and "2025" in line[1]]
    assert {line[at] for line in months} == {"40"}


def of_dashboard(scope, query, today=TODAY):
    choice = PeriodChoice.from_query(
        dict(part.split("=") for part in query.split("&")), today=today
    )
    return exports.of_dashboard(scope, choice, today=today)


def test_a_pdf_draws_the_triangle_and_the_mapping_of_the_page(as_quality_lead, aimed):
    charts = of_dashboard(Scope(), aimed).charts
    page = as_quality_lead.get(f"/dashboard/?{aimed}")
    text = page.content.decode()
    triangle, board = charts["triangle"], page.context["board"]
    corners = triangle["corners"]
    assert triangle["said"] in text
    assert [corners[name]["foot"] for name in ("expected", "delivered", "perceived")] == [
        f"n {getattr(board.triangle, name).n}" for name in ("expected", "delivered", "perceived")
    ]
    assert all(f"> {corner['unit']}</tspan>" in text for corner in corners.values())
    assert all(corner["unit"].startswith("±") for corner in corners.values())
    notes = [charts[name]["note"].split(" · ")[0] for name in ("months", "scores", "sides")]
    assert notes == ["NPS, points", "answers", "cancelled interventions"]
    assert all(side["said"] in text for side in (*triangle["sides"].values(), triangle["views"]))
    placed = [point for point in board.now.mapping if point.zone]
    assert [
        (point["x"][1], point["y"][1], point["is_decided"]) for point in charts["mapping"]["points"]
    ] == [(point.satisfaction, point.importance, point.decided) for point in placed]
    assert [one["target"] for one in charts["months"]["points"]][-1] == 40


def test_a_column_in_which_nothing_stands_is_not_printed():
    table = Table("T", ("a", "b", "c"), ((1, None, "x"), (2, None, None)))
    [printed] = pdf.document(pdf.Report("T", [], [table]))["tables"]
    assert (printed["head"], printed["rows"]) == (["a", "c"], [["1", "x"], ["2", ""]])


def test_a_mapping_of_nothing_is_not_drawn(market):
    nothing = of_dashboard(
        Scope(service=(market.services[0].pk,), client=(0,)), "period=everything"
    )
    assert nothing.charts == {}
    RatingFactory(answered_at=timezone.now())
    recount.recount_all(now=timezone.now())
    today = timezone.localdate()
    found = of_dashboard(Scope(), f"from={today}&to={today}", today=today)
    assert found.charts["mapping"] is None
    assert found.pdf()[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("cell", "english", "french"),
    [
        (None, "", ""),
        (Points(34.16), "+34.2", "+34,2"),
        (Points(-0.6), "−0.6", "−0,6"),
        (Share(0.384), "38.4\u00a0%", "38,4\u00a0%"),
        (4.125, "4.12", "4,12"),
        (5204, "5,204", "5\u202f204"),
        (date(2026, 11, 17), "17 Nov 2026", "17 nov. 2026"),
        ("=1+1", "=1+1", "=1+1"),
    ],
)
def test_numbers_in_a_pdf_are_written_as_on_the_page(cell, english, french):
    with translation.override("en"):
        assert pdf.said(cell) == english
    with translation.override("fr"):
        assert pdf.said(cell) == french


def test_a_change_of_a_share_is_in_points():
    with translation.override("en"):
        assert pdf.said(Share(-0.011), is_change=True) == "−1.1\u00a0pt"
        assert pdf.said(0.07, is_change=True) == "+0.07"
        assert pdf.said(412, is_change=True) == "+412"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "'=1+1,0.5,-1234.25,7,2026-03-02,\r\n"),
        ("fr", "'=1+1;0,5;-1234,25;7;2026-03-02;\r\n"),
    ],
)
def test_a_csv_is_what_the_spreadsheet_of_its_reader_expects(language, line):
    row = ("=1+1", Share(0.5), -1234.25, 7, date(2026, 3, 2), None)
    table = Table("T", tuple("abcdef"), (row,))
    mark, _head, written = sheet_files.csv_lines(table, language)
    assert (mark, written) == ("\ufeff", line)


def test_a_french_reader_gets_a_french_file(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    client.cookies["django_language"] = "fr"
    RatingFactory(score=9)
    recount.recount_all(now=timezone.now())
    rows = read_csv(client.get("/dashboard/export/csv/?period=everything"), delimiter=";")
    assert next(row[2] for row in rows if row[1] == "NPS") == "100"


def test_cells_of_a_workbook_are_typed(client, market):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    query = "from=2025-02-01&to=2025-03-31"
    figures, *_others, about = read_xlsx(client.get(f"/dashboard/export/xlsx/?{query}")).worksheets
    named = {row[0].value: row for row in figures.rows}
    assert named["NPS"][1].number_format == "+0.0;-0.0;0.0"
    assert named["Cancellations"][1].number_format == "0.0%"
    assert isinstance(named["Completed"][1].value, int)
    assert "1 February 2025 to 31 March 2025" in cells(about)[1][0]
    rows = read_xlsx(client.get(f"/dashboard/rows/completed/export/xlsx/?{query}")).worksheets[0]
    assert isinstance(rows.cell(2, 1).value, datetime)


def test_the_partner_board_is_the_page(client, market):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    query = "from=2025-01-01&to=2025-06-30"
    _head, *lines = read_csv(client.get(f"/dashboard/partners/export/csv/?{query}"))
    choice = PeriodChoice.from_query({"from": "2025-01-01", "to": "2025-06-30"}, today=TODAY)
    board = partner_rows(Scope(), choice.period)
    assert [(line[0], line[5]) for line in lines] == [(row.name, str(row.n)) for row in board.rows]
    assert client.get(f"/dashboard/partners/export/pdf/?{query}").content[:5] == b"%PDF-"


def test_too_few_answers_have_no_score_in_a_file(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    RatingFactory()
    recount.recount_all(now=timezone.now())
    [_head, line] = read_csv(client.get("/dashboard/partners/export/csv/?period=everything"))
    assert line[1:] == ["Not enough answers (1 of 8)", "", "", "", "1", "1"]


@pytest.mark.parametrize("name", sorted(BEHIND))
@pytest.mark.parametrize("form", exports.FORMS)
def test_every_list_is_a_file(client, name, form):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    answer = client.get(f"/dashboard/rows/{name}/export/{form}/?from=2026-03-01&to=2026-03-31")
    slug = name.replace("_", "-")
    expected = f'attachment; filename="{slug}_2026-03-01_2026-03-31.{form}"'
    assert (answer.status_code, answer.headers["Content-Disposition"]) == (200, expected)


def test_a_list_says_what_its_number_reads(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    RatingFactory(score=9, company_score=4)
    address = "/dashboard/rows/company/export/{}/?period=everything"
    head, line = read_csv(client.get(address.format("csv")))
    assert head[4:6] == ["Company service, 0 to 5", "Score"]
    assert line[4:6] == ["4", "9"]
    assert cells(read_xlsx(client.get(address.format("xlsx"))).worksheets[0])[1][4] == 4


@pytest.mark.parametrize("form", exports.FORMS)
def test_too_many_rows_are_a_message_not_a_cut_file(client, monkeypatch, form):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    monkeypatch.setitem(exports.MOST_ROWS, form, 1)
    address = f"/dashboard/rows/explained/export/{form}/?period=everything"
    RatingFactory()
    assert client.get(address).status_code == 200
    RatingFactory()
    refused = client.get(address, follow=True)
    assert refused.redirect_chain == [("/dashboard/rows/explained/?period=everything", 302)]
    assert "2 rows are more than the 1 of one" in refused.content.decode()


def test_an_export_of_whys_is_journalled(client, whys):
    client.get(whys.format("csv"))
    entry = JournalEntry.objects.get()
    assert entry.kind == "export.whys"
    assert entry.data == {
        "of": "explained",
        "query": "period=everything",
        "form": "csv",
        "rows": len(FORMULAS),
    }


def test_a_manager_exports_the_own_portfolio_only(as_manager, manager):
    for owner, why in ((manager, "Mine to read."), (UserFactory(), HIDDEN)):
        client = ClientFactory(manager=owner)
        RatingFactory(intervention=InterventionFactory(completed=True, client=client), why=why)
    address = "/dashboard/rows/explained/export/csv/?period=everything"
    assert [line[-1] for line in read_csv(as_manager.get(address))[1:]] == ["Mine to read."]


@pytest.mark.parametrize("path", ["export/doc/", "partners/export/x/", "rows/explained/export/x/"])
def test_a_form_that_is_none_does_not_exist(as_manager, path):
    assert as_manager.get(f"/dashboard/{path}").status_code == 404


def test_rows_of_nothing_are_no_file(as_manager):
    assert as_manager.get("/dashboard/rows/nothing/export/csv/").status_code == 404


@pytest.mark.parametrize("form", exports.FORMS)
def test_an_empty_period_is_a_file_too(as_manager, form):
    for path in ("export", "partners/export"):
        answer = as_manager.get(f"/dashboard/{path}/{form}/?from=2001-01-01&to=2001-01-02")
        assert answer.status_code == 200


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_other_roles_export_nothing(client, role):
    client.force_login(UserFactory(role=role))
    for path in ("export", "partners/export", "rows/explained/export"):
        assert client.get(f"/dashboard/{path}/csv/").status_code == 404
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "asked", ["from=yesterday", "period=always", "compare=moon", "service=999999"]
)
@pytest.mark.parametrize(
    "path",
    ["/dashboard/export/csv/", "/dashboard/partners/export/xlsx/", "/dashboard/gaps/export/csv/"],
)
def test_what_was_not_understood_is_said_on_the_page_and_is_no_file(as_manager, path, asked):
    answer = as_manager.get(f"{path}?{asked}")
    assert answer.status_code == 302
    assert answer.url.endswith(f"?{asked}")
