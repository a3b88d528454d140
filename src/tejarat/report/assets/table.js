// A list of any length of which only what is seen is in the page.
const OVERSCAN = 6;
class VirtualList {
  constructor(viewport, height, render) {
    Object.assign(this, { viewport, height, render, items: [] });
    this.body = viewport.appendChild(el("div", { class: "rows", role: "rowgroup" }));
    viewport.addEventListener("scroll", () => this.#later(), { passive: true });
    new ResizeObserver(() => this.#later()).observe(viewport);
  }
  set(items) {
    this.items = items;
    this.body.style.height = `${items.length * this.height}px`;
    this.viewport.scrollTop = 0;
    this.draw();
  }
  #later() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }
  draw() {
    const first = Math.max(0, Math.floor(this.viewport.scrollTop / this.height) - OVERSCAN);
    const last = Math.min(this.items.length, Math.ceil((this.viewport.scrollTop + this.viewport.clientHeight) / this.height) + OVERSCAN);
    const rows = [];
    for (let n = first; n < last; n++) {
      const row = this.render(this.items[n]);
      row.style.transform = `translateY(${n * this.height}px)`;
      row.setAttribute("aria-rowindex", n + 2);
      rows.push(row);
    }
    this.body.replaceChildren(...rows);
  }
}

const COLUMNS = ["flow", "reporter", "partner", "product", "value", "quantity", "growth", "share", "rank", "period", "score"];

function tableHead(box, state, onSort) {
  box.replaceChildren(...COLUMNS.map((name) =>
    el("button", {
      class: `head ${name}`, role: "columnheader", "data-column": name, onclick: () => onSort(name),
      "aria-sort": state.column === name ? (state.descending ? "descending" : "ascending") : "none",
    }, t(name), el("i", {}, state.column === name ? (state.descending ? "↓" : "↑") : ""))));
}

function tableRow(facts, n, onOpen) {
  const row = facts.rows[n];
  const areas = (codes) => list(codes?.map((c) => facts.area(c)));
  const cell = (name, text) => el("span", { class: `cell ${name}`, role: "cell", title: text || null }, text ? el("bdi", {}, text) : "");
  return el("div", { class: "row", role: "row", tabindex: 0, "data-row": n, onclick: () => onOpen(row.a, n), onkeydown: (e) => { if (e.key === "Enter") onOpen(row.a, n); } },
    el("span", { class: "cell", role: "cell" }, chip(row)), cell("reporter", areas(row.reporters)), cell("partner", areas(row.partners)),
    cell("product", list(row.products)), cell("value num", row.value && money(row.value)), cell("quantity num", row.quantity && quantity(row.quantity)),
    cell(`growth num ${row.growth && row.growth.percent < 0 ? "down" : ""}`, row.growth && range(row.growth.percent, row.growth.percent_max, (x) => percent(x, true))),
    cell("share num", row.share && range(row.share.percent, row.share.percent_max, (x) => percent(x))), cell("rank", row.rank && rankText(facts, row.rank)),
    cell("period", row.period && period(row.period)), cell("score num", percent(Math.round(row.score * 100))),
    el("span", { class: "cell sentence", role: "cell", dir: "auto" }, facts.evidence(row).slice(0, 400)));
}

function articleRow(facts, a, onOpen) {
  const article = facts.articles[a];
  const count = facts.byArticle[a].length;
  return el("div", { class: "row listing", role: "row", tabindex: 0, onclick: () => onOpen(a, null), onkeydown: (e) => { if (e.key === "Enter") onOpen(a, null); } },
    el("span", { class: "cell id" }, el("bdi", {}, article.id)), el("span", { class: "cell" }, article.date ? day(article.date) : t("noDate")),
    el("span", { class: "cell lead", dir: "auto" }, article.text.trim().slice(0, 240) || t("noText")), el("span", { class: "cell num" }, `${number(count)} ${t("statements")}`));
}
