// Correcting: spans by the words that are chosen, relations by a form.
const SLOTS = { MONEY: ["value"], PERCENT: ["growth", "share"], RANK: ["rank"], COUNTRY: [], PRODUCT: ["products"] };
const EMPTY = { reporters: [], partners: [], products: [], value: null, quantity: null, share: null, growth: null, rank: null, period: null, modality: "actual", score: 1 };

class Draft {
  constructor(facts, name = null) { Object.assign(this, { facts, name, chosen: null, changed: false }); }
  get relation() { return this.facts.relations[this.chosen] ?? null; }
  entity(id) { return this.facts.entities.find((e) => e.id === id); }

  // Cuts white space and punctuation off both ends; returns null for nothing, or for a part of another span.
  bounds(start, end) {
    const { text } = this.facts;
    const outside = /[\s.,:;!?«»()[\]"'،؛؟…]/;
    while (start < end && outside.test(text[start])) start++;
    while (end > start && outside.test(text[end - 1])) end--;
    // A word is never cut in two.
    const inside = /[\p{L}\p{M}\p{N}\u200c]/u;
    while (start > 0 && inside.test(text[start]) && inside.test(text[start - 1])) start--;
    while (end < text.length && inside.test(text[end - 1]) && inside.test(text[end])) end++;
    return start < end ? [start, end] : null;
  }
  add(start, end, label, value) {
    for (const e of this.facts.entities.filter((e) => e.start < end && start < e.end)) this.remove(e.id);
    const used = new Set(this.facts.entities.map((e) => e.id));
    let n = this.facts.entities.length + 1;
    while (used.has(`e${n}`)) n++;
    this.facts.entities.push({ id: `e${n}`, start, end, label, text: this.facts.text.slice(start, end), score: 1, value });
    this.facts.entities.sort((a, b) => a.start - b.start);
    this.changed = true;
  }
  remove(id) {
    this.facts.entities = this.facts.entities.filter((e) => e.id !== id);
    for (const r of this.facts.relations) {
      for (const slot of ["value", "share", "growth", "rank"]) if (r[slot]?.entity === id) r[slot] = null;
      r.products = r.products.filter((p) => p.entity !== id);
      for (const area of [...r.reporters, ...r.partners]) if (area.entity === id) area.entity = null;
    }
    this.changed = true;
  }
  // Puts a span into a slot of the chosen relation, or takes it out.
  toggle(id, slot) {
    const r = this.relation;
    const e = this.entity(id);
    if (slot === "products") {
      const without = r.products.filter((p) => p.entity !== id);
      r.products = without.length < r.products.length ? without : [...without, { name: e.value?.name || e.text, entity: id }];
    } else if (r[slot]?.entity === id) r[slot] = null;
    else if (slot === "rank") r.rank = { scope: null, ...(e.value || { rank: 1 }), entity: id };
    else r[slot] = { ...(e.value || (slot === "value" ? { amount: 0, currency: "USD" } : { percent: 0 })), entity: id };
    this.changed = true;
  }
  addRelation() {
    this.facts.relations.push({ ...structuredClone(EMPTY), id: `r${this.facts.relations.length + 1}`, flow: "export", evidence: { start: 0, end: 0 } });
    this.chosen = this.facts.relations.length - 1;
    this.changed = true;
  }
  // As the report's drawing wants it.
  view() {
    const r = this.relation;
    const article = { text: this.facts.text, spans: this.facts.entities.map((e) => ({ ...e, label: LABELS.indexOf(e.label) })) };
    return [article, r && { ...row(r), slots: slotsOf(r) }];
  }
}
const slotsOf = (r) => [
  ...r.reporters.map((a) => ["reporter", a.entity]), ...r.partners.map((a) => ["partner", a.entity]), ...r.products.map((p) => ["product", p.entity]),
  ...["value", "share", "growth", "rank"].map((s) => [s, r[s]?.entity]),
].filter(([, id]) => id);
// A relation in the form that the report's cards show: codes and names, nothing that is empty.
const row = (r) => {
  const filled = Object.fromEntries(Object.entries(r).filter(([, v]) => v !== null && !(Array.isArray(v) && !v.length)));
  for (const side of ["reporters", "partners"]) if (filled[side]) filled[side] = filled[side].map((a) => a.code);
  if (filled.products) filled.products = filled.products.map((p) => p.name);
  return filled;
};

// A menu at the chosen words or span.
function spanMenu(menu, draft, { id, start, end, rect }, act) {
  const entity = id && draft.entity(id);
  const labels = LABELS.map((label) => el("button", { class: `label ${label}`, "data-label": label, "aria-pressed": String(entity?.label === label), onclick: () => act("label", label) }, t(label)));
  const r = draft.relation;
  const held = (slot) => (slot === "products" ? r.products.some((p) => p.entity === id) : r[slot]?.entity === id);
  const slots = entity && r ? SLOTS[entity.label].map((slot) => el("button", { "data-slot": slot, "aria-pressed": String(held(slot)), onclick: () => act("slot", slot) }, `${held(slot) ? "− " : "+ "}${t(slot === "products" ? "product" : slot)}`)) : [];
  menu.replaceChildren(
    el("p", {}, el("bdi", {}, entity ? entity.text : draft.facts.text.slice(start, end)), el("small", {}, entity ? describe(entity.value) : "")),
    el("div", {}, labels), slots.length ? el("div", { class: "into" }, el("small", {}, t("inRelation")), slots) : "",
    entity ? el("button", { class: "quiet danger", "data-remove": true, onclick: () => act("remove") }, t("removeSpan")) : "");
  menu.hidden = false;
  const width = menu.offsetWidth;
  menu.style.left = `${Math.max(8, Math.min(rect.left + rect.width / 2 - width / 2, innerWidth - width - 8))}px`;
  const under = rect.bottom + 8 + menu.offsetHeight < innerHeight;
  menu.style.top = `${under ? rect.bottom + 8 : rect.top - menu.offsetHeight - 8}px`;
}

// The form of the chosen relation. `changed` is called after each change.
function relationForm(draft, areas, changed) {
  const r = draft.relation;
  const set = (name, value) => { r[name] = value; draft.changed = true; changed(); };
  const field = (name, ...inputs) => el("label", { class: "field" }, el("span", {}, t(name)), el("div", {}, inputs));
  const select = (name, options, value, onPick, word = t) =>
    el("select", { "data-field": name, onchange: (e) => onPick(e.target.value) }, options.map((o) => el("option", { value: o, selected: o === value }, o ? word(o) : "—")));
  const numeric = (name, value, onSet) =>
    el("input", { type: "number", step: "any", dir: "ltr", "data-field": name, value: value ?? "", onchange: (e) => onSet(e.target.value === "" ? null : Number(e.target.value)) });
  const list_ = (name) => el("div", { class: "field" }, el("span", {}, t(name.slice(0, -1))), el("div", { class: "chips" },
    r[name].map((item, n) => el("span", { class: "chip" }, el("bdi", {}, item.code ? areas(item.code) : item.name),
      el("button", { "aria-label": t("remove"), onclick: () => set(name, r[name].filter((_, k) => k !== n)) }, "×"))),
    name === "products" ? (r[name].length ? "" : el("small", {}, t("pickInText"))) : el("input", {
      list: "area-names", "data-field": name, placeholder: t("addArea"), autocomplete: "off",
      onchange: (e) => {
        const code = codeOf(e.target.value);
        if (code && !r[name].some((a) => a.code === code)) set(name, [...r[name], { code, name: areas(code), entity: null }]);
        else e.target.setCustomValidity(t("noArea")), e.target.reportValidity();
      },
    })));
  const measure = (name, ...inputs) => r[name] ? el("div", { class: "field" }, el("span", {}, t(name)), el("div", { class: "chips" },
    el("span", { class: "chip" }, el("bdi", {}, draft.entity(r[name].entity)?.text || "?"), el("button", { "aria-label": t("remove"), onclick: () => set(name, null) }, "×")), inputs)) : "";
  const part = (name, key, kind = numeric) => kind(`${name}.${key}`, r[name]?.[key], (x) => x !== null && set(name, { ...r[name], [key]: x }));
  const quantity = (change) => {
    const q = { amount: null, unit: "t", ...r.quantity, ...change };
    set("quantity", q.amount === null ? null : { amount: q.amount, unit: q.unit });
  };
  const days = (change) => {
    const p = { start: "", end: "", ...r.period, ...change };
    set("period", p.start || p.end ? { start: p.start || p.end, end: p.end || p.start, text: "" } : null);
  };
  const dayInput = (key) => el("input", { type: "date", dir: "ltr", "data-field": `period.${key}`, value: r.period?.[key] || "", onchange: (e) => days({ [key]: e.target.value }) });
  return el("form", { class: "form", onsubmit: (e) => e.preventDefault() },
    el("div", { class: "pair" }, field("flow", select("flow", settings.flows, r.flow, (v) => set("flow", v))), field("modality", select("modality", settings.modalities, r.modality, (v) => set("modality", v)))),
    list_("reporters"), list_("partners"), list_("products"),
    measure("value", part("value", "amount"), el("small", {}, currency(r.value?.currency || "USD"))),
    measure("growth", part("growth", "percent"), "٪"), measure("share", part("share", "percent"), "٪"),
    measure("rank", part("rank", "rank"), select("scope", ["", ...settings.scopes], r.rank?.scope || "", (v) => set("rank", { ...r.rank, scope: v || null }), (s) => ({ country: t("country"), partner: t("atPartner"), world: areas("WORLD") })[s] || areas(s))),
    field("quantity", numeric("quantity", r.quantity?.amount, (x) => quantity({ amount: x })), select("unit", settings.units, r.quantity?.unit || "t", (v) => r.quantity && quantity({ unit: v }), unit)),
    field("period", dayInput("start"), dayInput("end")), r.period ? el("small", { class: "hint" }, period(r.period)) : "",
    el("button", { class: "quiet danger", type: "button", "data-drop": true, onclick: () => { draft.facts.relations.splice(draft.chosen, 1); draft.chosen = null; draft.changed = true; changed(); } }, t("removeRelation")));
}

// A code, or a name in either language, as a code.
function codeOf(text) {
  const wanted = text.trim();
  if (settings.areas[wanted.toUpperCase()]) return wanted.toUpperCase();
  const found = Object.entries(settings.areas).find(([, names]) => names.some((n) => n.toLowerCase() === wanted.toLowerCase()));
  return found ? found[0] : null;
}
