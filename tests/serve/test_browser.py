"""The whole way in a real browser: paste, see, correct, save, reload."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
import uvicorn

from tejarat import pipeline
from tejarat.corpus.format import load
from tejarat.serve.app import make_app

TEXT = (
    "🔹 صادرات پسته کرمان به هند در سال ۱۴۰۳ به ۱۹۰ میلیون دلار رسید.\nفرش دستباف هم ۱۲ درصد بیشتر صادر شد."
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A running app that saves to ``tmp_path``."""
    app = make_app(pipeline.load(), tmp_path)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def select(tab: Any, words: str) -> None:
    """Selects words of the text as a mouse does."""
    tab.evaluate(
        """(words) => {
          const box = document.getElementById("text");
          const at = box.textContent.indexOf(words);
          const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          let seen = 0;
          for (let node; (node = walker.nextNode()); seen += node.length) {
            const place = (x) => x >= seen && x <= seen + node.length;
            if (place(at) && at < seen + node.length) range.setStart(node, at - seen);
            if (place(at + words.length)) { range.setEnd(node, at + words.length - seen); break; }
          }
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          box.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
        }""",
        words,
    )


def test_paste_see_correct_save_reload(tab: Any, address: str, tmp_path: Path) -> None:
    tab.goto(address)
    assert tab.evaluate("document.documentElement.dir") == "rtl"
    tab.fill("#paste", TEXT)
    tab.fill("#id", "kerman")
    tab.fill("#date", "2025-11-12")
    tab.click("#read")
    tab.wait_for_selector("#text mark.MONEY")
    assert tab.text_content("#text") == TEXT

    # A label is taken away, and set again by the mouse, which need not hit the word's edges.
    for mark in tab.locator("#text mark.PRODUCT").all_text_contents():
        tab.click(f"#text mark.PRODUCT >> text={mark}")
        tab.click("#menu [data-remove]")
    assert tab.locator("#text mark.PRODUCT").count() == 0
    select(tab, "سته ")
    tab.click("#menu [data-label=PRODUCT]")
    tab.wait_for_selector("#text mark.PRODUCT")
    assert tab.locator("#text mark.PRODUCT").all_text_contents() == ["پسته"]

    # All relations go, one is made by hand.
    while tab.locator("#cards .card").count():
        tab.click("#cards .card >> nth=0")
        tab.click("[data-drop]")
    tab.click("#add")
    for field, value in (("reporters", "کرمان"), ("partners", "IN")):
        tab.fill(f"[data-field={field}]", value)
        tab.press(f"[data-field={field}]", "Tab")
    tab.click("#text mark.PRODUCT")
    tab.click("#menu [data-slot=products]")
    tab.click("#text mark.MONEY")
    tab.click("#menu [data-slot=value]")
    tab.fill("[data-field='period.start']", "2024-03-20")
    tab.press("[data-field='period.start']", "Tab")
    tab.fill("[data-field='period.end']", "2025-03-20")
    tab.press("[data-field='period.end']", "Tab")
    tab.click("#save")
    tab.wait_for_selector("#message.good")

    stored = load(tmp_path / "kerman.txt").facts
    (relation,) = stored.relations
    assert stored.text == TEXT
    assert [a.code for a in (*relation.reporters, *relation.partners)] == ["IR-08", "IN"]
    assert [p.name for p in relation.products] == ["پسته"]
    assert relation.value is not None
    assert relation.value.value.amount == 190e6
    assert relation.period is not None
    assert (relation.period.start, relation.period.end) == ("2024-03-20", "2025-03-20")

    tab.reload()
    tab.click("#entries .entry")
    tab.wait_for_selector("#text mark.PRODUCT")
    assert tab.text_content("#text") == TEXT
    tab.click("#cards .card")
    assert tab.locator("#text mark.on").all_text_contents() == ["پسته", "۱۹۰ میلیون دلار"]
    tab.select_option("[data-field=modality]", "target")
    tab.click("#save")
    tab.wait_for_selector("#message.good")
    assert load(tmp_path / "kerman.txt").facts.relations[0].modality == "target"
    assert len(list(tmp_path.iterdir())) == 1


def test_linking_again_and_errors_are_shown(tab: Any, address: str) -> None:
    tab.goto(address)
    tab.fill("#paste", TEXT)
    tab.click("#read")
    tab.wait_for_selector("#text mark.MONEY")
    tab.click("#link")
    tab.wait_for_selector("#cards .card")
    tab.click("#language")
    assert tab.evaluate("document.documentElement.dir") == "ltr"
    tab.click("#cards .card >> nth=0")
    tab.evaluate("draft.relation.reporters = [{ code: 'NOWHERE', name: 'x' }]")
    tab.click("#save")
    tab.wait_for_selector("#message.bad")
    assert "NOWHERE" in tab.inner_text("#message")
    tab.faults.clear()  # the browser notes the refused request as an error of its own
    tab.evaluate("draft.changed = false")


def test_hostile_text_stays_text(tab: Any, address: str) -> None:
    hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script> صادرات پسته به 5 دلار رسید. </script>'
    tab.goto(address)
    tab.fill("#paste", hostile)
    tab.fill("#id", '"><img src=x onerror=alert(3)>')
    tab.click("#read")
    tab.wait_for_selector("#work:not([hidden])")
    assert tab.text_content("#text") == hostile
    tab.click("#save")
    tab.wait_for_selector("#entries .entry")
    tab.wait_for_timeout(300)
    assert tab.evaluate("document.querySelectorAll('img').length") == 0
