// The page: what the reader asks for, and what answers it.
const settings = parse("settings");
const facts = new Facts(parse("data"));
const $ = (id) => document.getElementById(id);
const PAUSE = 120; // milliseconds
const FLOWS = ["export", "import", "trade"], MODALITIES = ["actual", "target", "potential"];
const FIELDS = ["text", "reporter", "partner", "product"];
const fresh = () => ({ text: "", reporter: "", partner: "", product: "", year: "", score: 0, flows: new Set(FLOWS), modalities: new Set(MODALITIES) });
const measures = facts.measures();
const years = [...new Set(facts.rows.map((r) => r.year).filter(Boolean))].sort();
const state = { filters: fresh(), measure: measures[0], column: null, descending: true, view: "statements", open: null };

const statements = new VirtualList($("statements"), 74, (n) => tableRow(facts, n, open));
const listing = new VirtualList($("articles"), 58, (a) => articleRow(facts, a, open));

function pick(name, value) {
  state.filters[name] = state.filters[name] === value ? "" : value;
  controls();
  update();
}

function update() {
  const count = facts.filter(state.filters);
  state.shown = facts.shown(state.column, state.descending);
  $("shown").textContent = `${number(count)} ${t("of")} ${number(facts.rows.length)} ${t("statements")}`;
  $("nothing").hidden = count > 0;
  rows();
  // The rows answer at once; the sums follow when the typing pauses.
  clearTimeout(state.waiting);
  state.waiting = setTimeout(summary, PAUSE);
}

function rows() {
  const whole = state.shown.length === facts.rows.length;
  if (state.view === "statements") statements.set(state.shown);
  else listing.set(whole ? facts.articles.map((_, a) => a) : [...new Set(state.shown.map((n) => facts.rows[n].a))].sort((a, b) => a - b));
}

function summary() {
  const { measure } = state;
  const counted = facts.counted(measure);
  const totals = { export: 0, import: 0, trade: 0 };
  for (const n of counted) totals[facts.rows[n].flow] += facts.amount(facts.rows[n], measure);
  const articles = new Set(state.shown.map((n) => facts.rows[n].a)).size;
  const tile = (name, value, unit, flow) => el("div", { class: `tile ${flow || ""}` }, el("span", {}, t(name)), el("b", {}, value), el("small", {}, unit || "\u00a0"));
  const amounts = state.shown.filter((n) => facts.amount(facts.rows[n], measure) !== null).length;
  const unit = measure === "count" ? "" : measureName(measure);
  $("tiles").replaceChildren(
    tile("articles", number(articles), `${t("of")} ${number(facts.articles.length)}`), tile("statements", number(state.shown.length), `${t("of")} ${number(facts.rows.length)}`),
    ...[["exports", "export"], ["imports", "import"], ["trades", "trade"]].filter(([, f]) => f !== "trade" || totals[f]).map(([name, f]) => tile(name, totals[f] ? compact(totals[f]) : "—", unit, f)));
  $("left").textContent = measure === "count" ? "" : `${number(counted.length)} ${t("counted")} · ${number(amounts - counted.length)} ${t("leftOut")}`;
  drawCharts(facts, measure, pick);
  ranks();
}

function ranks() {
  const rows = state.shown.filter((n) => facts.rows[n].rank).sort((a, b) => facts.rows[a].rank.rank - facts.rows[b].rank.rank || facts.rows[b].score - facts.rows[a].score);
  $("ranks").parentElement.classList.toggle("empty", !rows.length);
  $("ranks").parentElement.querySelector(".none").textContent = t("nothing");
  $("ranks").replaceChildren(...rows.slice(0, 60).map((n) => {
    const row = facts.rows[n];
    const who = list((row.rank.scope === "partner" && row.partners ? row.partners : row.reporters)?.map((c) => facts.area(c)));
    return el("button", { class: "place", onclick: () => open(row.a, n) }, el("b", {}, range(row.rank.rank, row.rank.rank_max, number)),
      el("span", {}, el("strong", {}, who || t("unknown")), el("small", {}, [t(row.flow), list(row.products), rankText(facts, row.rank).replace(/^[^(]*/, "")].filter(Boolean).join(" · "))));
  }));
}

// The drawer: one article, its relations beside it.
function open(a, n) {
  state.open = { a, n };
  const article = facts.articles[a];
  $("article-id").textContent = article.id;
  $("article-date").textContent = article.date ? day(article.date) : t("noDate");
  const box = $("article-text");
  const look = (k) => {
    state.open.n = k;
    renderText(box, article, k === null ? null : facts.rows[k]);
    for (const c of $("article-cards").children) c.classList.toggle("chosen", Number(c.dataset.n) === k);
  };
  const own = facts.byArticle[a];
  $("article-cards").replaceChildren(...(own.length ? own.map((k) => card(facts, facts.rows[k], {
    "data-n": k, onclick: () => look(state.open.n === k ? null : k), onkeydown: (e) => { if (e.key === "Enter") look(k); },
  })) : [el("p", { class: "none" }, t("noRelations"))]));
  const legend = [...new Set(article.spans.map((s) => s.label))].sort();
  $("legend").replaceChildren(...legend.map((l) => el("mark", { class: LABELS[l] }, t(LABELS[l]))));
  if (!$("drawer").open) $("drawer").showModal();
  look(n);
  if (!article.text) box.replaceChildren(el("p", { class: "none" }, t("noText")));
  box.querySelector("mark.on, .evidence")?.scrollIntoView({ block: "center" });
  $("article-cards").querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  requestAnimationFrame(() => drawLinks(box));
}

function resettable() {
  const { flows, modalities, ...others } = state.filters;
  $("reset").disabled = flows.size === FLOWS.length && modalities.size === MODALITIES.length && !Object.values(others).some(Boolean);
}

function controls() {
  const { filters } = state;
  for (const name of FIELDS) if ($(name).value !== filters[name]) $(name).value = filters[name];
  const toggles = (id, names, chosen) => $(id).replaceChildren(...names.map((name) => el("button", {
    class: name, "data-name": name, "aria-pressed": String(chosen.has(name)),
    onclick: () => { chosen.has(name) ? chosen.delete(name) : chosen.add(name); controls(); update(); },
  }, t(name))));
  toggles("flow-toggles", FLOWS, filters.flows);
  toggles("modality-toggles", MODALITIES, filters.modalities);
  $("year").replaceChildren(el("option", { value: "" }, t("allYears")), ...years.map((y) => el("option", { value: y, selected: y === filters.year }, yearName(y))));
  $("measure").replaceChildren(...measures.map((m) => el("option", { value: m, selected: m === state.measure }, measureName(m))));
  $("score").value = filters.score * 100;
  $("score-text").textContent = percent(filters.score * 100);
  resettable();
  tableHead($("table-head"), state, (column) => {
    state.descending = state.column === column ? !state.descending : ["value", "quantity", "growth", "share", "score", "period"].includes(column);
    state.column = column;
    controls();
    update();
  });
  for (const tab of document.querySelectorAll("[data-view]")) tab.setAttribute("aria-selected", String(tab.dataset.view === state.view));
  $("table").dataset.shows = state.view;
  $("table").style.setProperty("--bar", `${$("statements").offsetWidth - $("statements").clientWidth}px`);
}

function suggestions() {
  const fill = (id, names) => $(id).replaceChildren(...names.map((name) => el("option", { value: name })));
  const byCount = (lists) => {
    const counts = new Map();
    for (const name of lists) counts.set(name, (counts.get(name) || 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 300).map(([name]) => name);
  };
  fill("reporter-names", byCount(facts.rows.flatMap((r) => r.reporters || [])).map((c) => facts.area(c)));
  fill("partner-names", byCount(facts.rows.flatMap((r) => r.partners || [])).map((c) => facts.area(c)));
  fill("product-names", byCount(facts.rows.flatMap((r) => r.products || [])));
}

function speak(name) {
  setLanguage(name);
  document.documentElement.lang = name;
  document.documentElement.dir = t("dir");
  document.title = settings.title || t("title");
  $("title").textContent = document.title;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = t(node.dataset.hint);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  controls();
  suggestions();
  update();
  if ($("drawer").open) open(state.open.a, state.open.n);
}

for (const name of FIELDS) $(name).addEventListener("input", () => { state.filters[name] = $(name).value; resettable(); update(); });
$("year").addEventListener("change", () => { state.filters.year = $("year").value; controls(); update(); });
$("score").addEventListener("input", () => { state.filters.score = $("score").value / 100; controls(); update(); });
$("measure").addEventListener("change", () => { state.measure = $("measure").value; summary(); });
$("reset").addEventListener("click", () => { state.filters = fresh(); controls(); update(); });
$("language").addEventListener("click", () => speak(language === "fa" ? "en" : "fa"));
$("csv").addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([facts.csv(state.shown)], { type: "text/csv;charset=utf-8" }));
  el("a", { href: url, download: "tejarat.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});
for (const tab of document.querySelectorAll("[data-view]")) tab.addEventListener("click", () => { state.view = tab.dataset.view; controls(); rows(); });
$("close").addEventListener("click", () => $("drawer").close());
$("drawer").addEventListener("click", (e) => { if (e.target === $("drawer")) $("drawer").close(); });
new ResizeObserver(() => { for (const view of charts.values()) view.resize(); if ($("drawer").open) drawLinks($("article-text")); }).observe(document.body);
speak(settings.language);
// What a search reads is made ready while nobody waits for it.
(window.requestIdleCallback || setTimeout)(() => facts.rows.forEach((row) => facts.haystack(row)));
