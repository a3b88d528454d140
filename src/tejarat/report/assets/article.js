// An article's text with its spans marked, its relations as cards, and one of them drawn into the text.
const LABELS = ["MONEY", "PERCENT", "RANK", "COUNTRY", "PRODUCT"];
const HUBS = ["value", "quantity", "rank", "share", "growth", "product", "partner", "reporter"];

// An element; texts go in as text only, never as HTML.
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c != null && c !== ""));
  return node;
}

function describe(value) {
  if (!value) return "";
  if (value.currency) return money(value);
  if (value.percent !== undefined) return range(value.percent, value.percent_max, (x) => percent(x));
  if (value.rank !== undefined) return range(value.rank, value.rank_max, number);
  if (value.code) return `${value.name} ${value.code}`;
  return value.hs ? `${value.name} · HS ${value.hs}` : value.name || "";
}

// Fills `box` with the text; `row` is the relation that is looked at, or null.
function renderText(box, article, row) {
  const slots = new Map();
  for (const [slot, id] of row?.slots || []) slots.set(id, [...(slots.get(id) || []), slot]);
  const pieces = article.spans.map((s) => ({ ...s, slots: slots.get(s.id) || [] }));
  const q = row?.quantity;
  if (q?.start !== undefined && !pieces.some((s) => s.start < q.end && q.start < s.end)) {
    pieces.push({ id: "quantity", start: q.start, end: q.end, slots: ["quantity"] });
  }
  pieces.sort((a, b) => a.start - b.start);
  const out = [];
  const text = (from, to) => {
    const { start, end } = row ? row.evidence : { start: 0, end: 0 };
    const cuts = [from, Math.min(Math.max(start, from), to), Math.max(Math.min(end, to), from), to].sort((a, b) => a - b);
    for (let i = 0; i < 3; i++) {
      const piece = article.text.slice(cuts[i], cuts[i + 1]);
      if (piece) out.push(row && cuts[i] >= start && cuts[i + 1] <= end ? el("span", { class: "evidence" }, piece) : piece);
    }
  };
  let at = 0;
  for (const s of pieces) {
    text(at, s.start);
    const label = LABELS[s.label] || "QUANTITY";
    const about = [t(LABELS[s.label] || "quantity"), describe(s.value), s.score === undefined ? "" : percent(Math.round(s.score * 100))];
    const inside = row && s.start >= row.evidence.start && s.end <= row.evidence.end;
    out.push(el("mark", {
      class: `${label}${s.slots.length ? " on" : ""}${inside ? " inside" : ""}`, "data-id": s.id, "data-start": s.start, "data-end": s.end,
      "data-slot": s.slots.join(" ") || null, "data-name": list(s.slots.map(t)) || null, title: about.filter(Boolean).join(" · "),
    }, article.text.slice(s.start, s.end)));
    at = s.end;
  }
  text(at, article.text.length);
  box.replaceChildren(...out);
  box.classList.toggle("looking", Boolean(row));
  drawLinks(box);
}

// Curves from the relation's measure to what it is bound to.
function drawLinks(box) {
  box.querySelector("svg.links")?.remove();
  const marks = [...box.querySelectorAll("mark.on")];
  const place = (m) => Math.min(...m.dataset.slot.split(" ").map((s) => HUBS.indexOf(s)));
  const hub = marks.reduce((best, m) => (!best || place(m) < place(best) ? m : best), null);
  if (marks.length < 2) return;
  const frame = box.getBoundingClientRect();
  const top = (m) => {
    const r = m.getClientRects()[0] || m.getBoundingClientRect();
    return [r.left + r.width / 2 - frame.left + box.scrollLeft, r.top - frame.top + box.scrollTop];
  };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "links");
  svg.setAttribute("aria-hidden", "true");
  const [x, y] = top(hub);
  for (const mark of marks) {
    if (mark === hub) continue;
    const [u, v] = top(mark);
    const lift = Math.min(y, v) - 14 - Math.min(34, Math.abs(u - x) / 8);
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${x},${y} C${x},${lift} ${u},${lift} ${u},${v}`);
    svg.append(path);
  }
  box.prepend(svg);
}

// One relation as a card: who, what, how much, when.
function card(facts, row, attributes = {}) {
  const areas = (codes) => list(codes?.map((c) => facts.area(c)));
  const arrow = { export: "→", import: "←", trade: "↔" }[row.flow];
  const turned = language === "fa" ? { "→": "←", "←": "→", "↔": "↔" }[arrow] : arrow;
  const measure = (name, text) => text && el("span", { class: "measure" }, el("small", {}, t(name)), " ", el("bdi", {}, text));
  return el("article", { class: "card", tabindex: 0, role: "button", ...attributes },
    el("header", {}, chip(row), el("strong", {}, areas(row.reporters) || "?"), row.partners ? [el("i", { class: "arrow" }, turned), el("strong", {}, areas(row.partners))] : ""),
    row.products ? el("p", { class: "goods" }, list(row.products)) : "",
    el("p", { class: "measures" },
      measure("value", row.value && money(row.value)), measure("quantity", row.quantity && quantity(row.quantity)),
      measure("growth", row.growth && range(row.growth.percent, row.growth.percent_max, (x) => percent(x, true))),
      measure("share", row.share && range(row.share.percent, row.share.percent_max, (x) => percent(x))),
      measure("rank", row.rank && rankText(facts, row.rank)), measure("period", row.period && period(row.period)),
      measure("score", percent(Math.round(row.score * 100)))));
}
const chip = (row) =>
  el("span", { class: `flow ${row.flow}` }, t(row.flow), row.modality === "actual" ? "" : el("em", {}, t(row.modality)));
function rankText(facts, rank) {
  const scope = !rank.scope ? "" : { world: facts.area("WORLD"), country: t("country"), partner: t("atPartner") }[rank.scope] || facts.area(rank.scope);
  return range(rank.rank, rank.rank_max, number) + (scope ? ` (${scope})` : "");
}
