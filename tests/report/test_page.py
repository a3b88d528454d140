"""The page in a real browser: what it adds up, what it lets through, and what it never runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from browsing import open_file
from hypothesis import given, settings
from hypothesis import strategies as st
from statements import article, statement
from typer.testing import CliRunner

from tejarat.cli import app
from tejarat.io import writers
from tejarat.report import page
from tejarat.schema import ArticleFacts, Entity, Evidence, Money

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)"><!--data-->&lt;b&gt; ${alert(3)}'
MANY = 3000


def shown(tab: Any, path: Path, *articles: ArticleFacts, **options: Any) -> None:
    page.write(articles, path / "report.html", **options)
    open_file(tab, path / "report.html", "#statements .row")


def total(tab: Any, measure: str = "USD") -> float:
    return float(
        tab.evaluate(
            "(m) => facts.counted(m).reduce((s, n) => s + facts.amount(facts.rows[n], m), 0)", measure
        )
    )


@pytest.mark.parametrize(
    ("statements", "usd"),
    [
        ([{"usd": 5}, {"eur": 7, "partners": "IQ"}], 5),
        ([{"usd": 5, "partners": "IQ", "entity": "e1"}, {"usd": 5, "partners": "TR", "entity": "e1"}], 5),
        ([{"usd": 9}, {"usd": 5, "partners": "IQ"}, {"usd": 4, "goods": "پسته"}], 9),
        ([{"usd": 9, "partners": "IQ TR"}, {"usd": 5, "partners": "IQ"}], 9),
        ([{"usd": 9, "year": 2024}, {"usd": 5, "year": 2023}], 14),
        ([{"usd": 9}, {"usd": 50, "modality": "target", "partners": "IQ"}], 9),
        ([{"usd": 9, "reporter": "IR"}, {"usd": 5, "reporter": "IR-08"}, {"usd": 3, "reporter": "TR"}], 12),
        ([{"usd": 9, "score": 0.4}, {"usd": 8, "score": 0.9}], 8),
        ([{"usd": 9}, {"usd": 9, "flow": "import"}], 18),
        ([{"usd": 3}, {"usd": 5, "partners": "IQ"}], 8),
        ([{"usd": 3, "score": 0.9}, {"usd": 5, "score": 0.4}], 3),
    ],
)
def test_sums(tab: Any, tmp_path: Path, statements: list[dict[str, Any]], usd: float) -> None:
    given_ = [statement(n, **s) for n, s in enumerate(statements, 1)]
    shown(tab, tmp_path, article("a", *given_))
    assert total(tab) == usd


def test_a_part_counts_where_its_whole_is_filtered_out(tab: Any, tmp_path: Path) -> None:
    shown(tab, tmp_path, article("a", statement(1, usd=9), statement(2, usd=5, partners="IQ")))
    tab.fill("#partner", "عراق")
    assert total(tab) == 5
    assert tab.inner_text("#shown").startswith("۱ از ۲")


def test_by_partner_a_shared_amount_is_one_bar_of_its_own(tab: Any, tmp_path: Path) -> None:
    together = [statement(n, usd=9, partners=p, entity="e1") for n, p in enumerate(("IQ", "TR"), 1)]
    shown(tab, tmp_path, article("a", *together, statement(3, usd=2, partners="CN")))
    sums = tab.evaluate('facts.sums("USD", facts.groups("partners", "USD")).map((g) => [g.key, g.total])')
    assert sums == [["IQ + TR", 9], ["CN", 2]]


@pytest.fixture(scope="module")
def empty_tab(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    tab = chromium.new_page()
    path = tmp_path_factory.mktemp("page")
    page.write([article("a", statement(1, usd=1))], path / "report.html")
    open_file(tab, path / "report.html", "#statements .row")
    yield tab
    tab.close()


SLOTS = st.fixed_dictionaries(
    {
        "partners": st.sampled_from(["", "IQ", "TR", "IQ TR"]),
        "goods": st.sampled_from(["", "پسته", "خرما پسته"]),
    },
    optional={"year": st.sampled_from([2023, 2024]), "reporter": st.sampled_from(["IR", "IR-08", "TR"])},
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(SLOTS, st.integers(1, 9)), min_size=1, max_size=7))
def test_of_what_is_added_up_no_statement_is_part_of_another(empty_tab: Any, made: list[Any]) -> None:
    """Against the rule itself, spelled out pair by pair."""
    from tejarat.report.payload import payload

    data = payload([article("a", *(statement(n, usd=usd, **slots) for n, (slots, usd) in enumerate(made)))])
    counted = empty_tab.evaluate('(data) => new Facts(data).counted("USD")', data)

    def within(a: int, b: int) -> bool:
        one, other = made[a][0], made[b][0]
        sides = [
            (one.get(k, d).split(), other.get(k, d).split()) for k, d in (("partners", ""), ("goods", ""))
        ]
        inner = all(x == y or not y or (len(x) == 1 and x[0] in y) for x, y in sides)
        who = one.get("reporter", "IR"), other.get("reporter", "IR")
        inner = (
            inner and one.get("year") == other.get("year") and (who[0] == who[1] or who == ("IR-08", "IR"))
        )
        same = who[0] == who[1] and all(x == y for x, y in sides)
        return inner and (same or made[a][1] <= made[b][1])

    assert counted
    assert not any(within(a, b) for a in counted for b in counted if a != b)
    assert all(any(within(n, c) for c in counted) for n in range(len(made)))


def test_hostile_text_stays_text(tab: Any, tmp_path: Path) -> None:
    spans = (Entity("e1", 0, len(HOSTILE), "PRODUCT", HOSTILE, 1.0, Money(1, HOSTILE)),)
    relation = statement(1, goods="پسته", usd=3, entity="e1", evidence=Evidence(0, len(HOSTILE)))
    object.__setattr__(relation, "products", (relation.products[0].__class__(HOSTILE, "e1"),))
    hostile = article(HOSTILE, relation, text=HOSTILE, spans=spans)
    shown(tab, tmp_path, hostile, title=HOSTILE)
    assert tab.inner_text("#title") == HOSTILE
    tab.click("#statements .row")
    assert HOSTILE in tab.text_content("#article-text")
    tab.wait_for_timeout(300)  # time enough for an alert, which would be a fault
    assert tab.evaluate("document.querySelectorAll('img, main script').length") == 0


def test_filter_sort_switch_and_take_home(tab: Any, tmp_path: Path) -> None:
    text = "صادرات پسته به عراق 5 دلار شد. =HYPERLINK(0) و ترکیه"
    first = statement(1, usd=5, partners="IQ", goods="پسته", evidence=Evidence(0, 30))
    second = statement(2, "import", usd=7, partners="TR", evidence=Evidence(31, len(text)), score=0.5)
    shown(tab, tmp_path, article("a", first, second, text=text))
    assert tab.evaluate("document.documentElement.dir") == "rtl"
    tab.click("[data-column=value]")
    assert [r.get_attribute("data-row") for r in tab.query_selector_all("#statements .row")] == ["1", "0"]
    with tab.expect_download() as download:
        tab.click("#csv")
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert [r["value"] for r in rows] == ["7", "5"]
    assert rows[0]["evidence"].startswith("'=HYPERLINK")
    assert rows[1]["evidence"] == text[:30]
    tab.click("#language")
    assert tab.evaluate("document.documentElement.dir") == "ltr"
    assert tab.inner_text("#shown") == "2 of 2 statements"
    tab.fill("#text", "türkiye")
    assert tab.inner_text("#shown") == "1 of 2 statements"
    tab.click("#reset")
    tab.click("#flow-toggles [data-name=import]")
    assert tab.inner_text("#shown") == "1 of 2 statements"
    tab.click("[data-view=articles]")
    assert tab.locator("#articles .row").count() == 1


def test_an_article_shows_its_spans_and_draws_the_relation(tab: Any, tmp_path: Path) -> None:
    text = "🔹 صادرات پسته به 5 دلار رسید."
    spans = (
        Entity("e1", 9, 13, "PRODUCT", "پسته"),
        Entity("e2", 17, 23, "MONEY", "5 دلار", 1.0, Money(5, "USD")),
    )
    relation = statement(1, usd=5, entity="e2", goods="پسته", evidence=Evidence(0, len(text)))
    object.__setattr__(relation, "products", (relation.products[0].__class__("پسته", "e1"),))
    shown(tab, tmp_path, article("a", relation, text=text, spans=spans))
    tab.click("#statements .row")
    assert tab.locator("#article-text mark.on").all_text_contents() == ["پسته", "5 دلار"]
    assert tab.text_content("#article-text") == text
    tab.wait_for_selector("#article-text svg.links path", state="attached")
    tab.click("#article-cards .card")
    assert tab.locator("#article-text mark.on").count() == 0
    assert tab.locator("#article-text mark").count() == 2


def test_many_rows_are_not_all_in_the_page(tab: Any, tmp_path: Path) -> None:
    many = [article(f"a{n}", statement(1, usd=n + 1, year=2024, goods=f"کالای{n}")) for n in range(MANY)]
    shown(tab, tmp_path, *many)
    assert tab.locator("#statements .row").count() < 40
    tab.evaluate("document.getElementById('statements').scrollTop = 1e9")
    tab.wait_for_selector(f"#statements [data-row='{MANY - 1}']")


def test_the_command(tmp_path: Path) -> None:
    facts = tmp_path / "facts.jsonl"
    writers.jsonl([article("a", statement(1, usd=1))], facts)
    result = CliRunner().invoke(
        app, ["report", str(facts), "-o", str(tmp_path / "r.html"), "--language", "en"]
    )
    assert result.exit_code == 0, result.output
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "http" not in html.replace("http-equiv", "").split("<script>")[0].split("<style>")[0]
    facts.write_text("{\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["report", str(facts), "-o", str(tmp_path / "n.html")]).exit_code == 1
    assert not (tmp_path / "n.html").exists()
    facts.write_text("", encoding="utf-8")
    assert CliRunner().invoke(app, ["report", str(facts)]).exit_code == 2
