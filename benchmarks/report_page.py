"""How long the report page of many relations takes to open and to filter, in a headless Chromium.

    python benchmarks/report_page.py --relations 10000

Needs playwright and a Chromium (``--chromium`` names it; by default the one on the path). Times are of the page's own
clock: from navigation to the filled table, and from a key in a filter to the rows laid out.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tejarat.report import page
from tejarat.schema import (
    Area,
    ArticleFacts,
    Commodity,
    Entity,
    Evidence,
    Filler,
    Money,
    Percent,
    Period,
    Relation,
)

COUNTRIES = [
    "IQ",
    "AE",
    "TR",
    "CN",
    "IN",
    "AF",
    "PK",
    "RU",
    "OM",
    "DE",
    "AZ",
    "TM",
    "KZ",
    "IT",
    "KW",
    "QA",
    "UZ",
    "AM",
    "SY",
    "TJ",
]
PROVINCES = ["IR", *(f"IR-{n:02d}" for n in range(30))]
GOODS = [
    "پسته",
    "زعفران",
    "خرما",
    "فولاد",
    "سیمان",
    "کاشی",
    "فرش",
    "قیر",
    "متانول",
    "اوره",
    "کیوی",
    "سیب",
    "عسل",
    "گندم",
    "ذرت",
    "برنج",
    "روغن",
    "مس",
]
SENTENCE = "صادرات {goods} به {land} در این سال با {percent} درصد رشد به {amount} میلیون دلار رسید. "
#: What is typed in a search, and where: the page must answer each.
FILTERS = (
    ("text", "پسته"),
    ("text", "میلیون دلار"),
    ("partner", "عراق"),
    ("product", "فو"),
    ("reporter", "ایران"),
)
#: Runs of which the middle is told.
RUNS = 3


def articles(relations: int, each: int = 4, seed: int = 7) -> Iterator[ArticleFacts]:
    """Made-up articles with this many relations in all; the same seed gives the same articles."""
    draw = random.Random(seed)
    for number in range(0, relations, each):
        text, entities, found = "", [], []
        for _ in range(min(each, relations - number)):
            start = len(text)
            parts = {
                "goods": draw.choice(GOODS), "land": draw.choice(COUNTRIES),
                "percent": str(draw.randrange(1, 90)), "amount": str(draw.randrange(1, 900)),
            }  # fmt: skip
            text += SENTENCE.format(**parts)
            money = f"{parts['amount']} میلیون دلار"
            where = {"m": text.index(money, start), "p": text.index(parts["goods"], start)}
            m, p = f"e{len(entities) + 1}", f"e{len(entities) + 2}"
            amount = Money(float(parts["amount"]) * 1e6, "USD")
            entities += [
                Entity(m, where["m"], where["m"] + len(money), "MONEY", money, 0.98, amount),
                Entity(p, where["p"], where["p"] + len(parts["goods"]), "PRODUCT", parts["goods"], 0.97),
            ]
            year = draw.randrange(2012, 2026)
            reporter = draw.choice(PROVINCES)
            found.append(
                Relation(
                    f"r{len(found) + 1}", draw.choice(("export", "export", "import")), (Area(reporter, reporter),),
                    (Area(parts["land"], parts["land"]),), (Commodity(parts["goods"], p),), Filler(amount, m),
                    growth=Filler(Percent(float(parts["percent"])), None),
                    period=Period(f"{year}-03-21", f"{year + 1}-03-20"),
                    evidence=Evidence(start, len(text)), score=round(draw.uniform(0.4, 1), 2),
                )
            )  # fmt: skip
        entities.sort(key=lambda e: e.start)
        yield ArticleFacts(f"made-{number:05d}", "2025-11-12", text, tuple(entities), tuple(found))


def measure(path: Path, chromium: str) -> dict[str, Any]:
    """Milliseconds, the middle of the runs: ``load``; ``filter`` (worst: ``filter_worst``); ``charts``, after it.

    ``load_cpu`` and ``filter_cpu`` are the time of the page's main thread, which a busy machine changes little.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1400, "height": 1000})
        devtools = tab.context.new_cdp_session(tab)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

        def thread() -> float:
            metrics = devtools.send("Performance.getMetrics")["metrics"]
            return 1000 * next(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")

        times: dict[str, list[float]] = {
            name: [] for name in ("load", "load_cpu", "filter", "filter_cpu", "charts")
        }
        for _ in range(RUNS):
            tab.goto(path.as_uri())  # which sets the thread's clock to nought
            tab.wait_for_selector("#statements .row")
            times["load_cpu"].append(thread())
            times["load"].append(tab.evaluate(_LOADED))
        tab.wait_for_timeout(2000)
        for name, text in FILTERS * RUNS:
            before = thread()
            times["filter"].append(tab.evaluate(_TYPE, [name, text]))
            times["filter_cpu"].append(thread() - before)
            times["charts"].append(tab.evaluate(_CHARTS))
            tab.evaluate(_TYPE, [name, ""])
            tab.wait_for_timeout(400)
        browser.close()
    found = {name: round(statistics.median(each)) for name, each in times.items()}
    return found | {"filter_worst": round(max(times["filter"]))}


_LOADED = "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"
#: Types into a filter and lays the rows out.
_TYPE = """([name, text]) => {
  const box = document.getElementById(name);
  box.value = text;
  const start = performance.now();
  box.dispatchEvent(new Event("input"));
  document.getElementById("statements").getBoundingClientRect();
  return performance.now() - start;
}"""
#: What the page does when the typing pauses.
_CHARTS = "(() => { const start = performance.now(); summary(); return performance.now() - start; })()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--relations", type=int, default=10_000)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        page.write(articles(arguments.relations), path)
        size = path.stat().st_size
        print(
            json.dumps({"relations": arguments.relations, "bytes": size, **measure(path, arguments.chromium)})
        )


if __name__ == "__main__":
    main()
