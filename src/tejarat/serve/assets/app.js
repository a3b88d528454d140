// The page: paste, look, correct, save.
Object.assign(WORDS, {
  app: ["تجارت", "Tejarat"], paste: ["متن خبر را اینجا بگذارید", "Paste an article here"], read: ["بخوان", "Read"], fresh: ["خبر تازه", "New article"],
  id: ["شناسه", "Id"], date: ["تاریخ خبر", "Article's date"], link: ["پیوند دوباره", "Link again"], save: ["ذخیره", "Save"],
  saved: ["ذخیره شد", "Saved"], reading: ["در حال خواندن …", "Reading …"], unsaved: ["تغییر ذخیره‌نشده", "Unsaved changes"],
  relations: ["گزاره‌ها", "Statements"], addRelation: ["افزودن گزاره", "Add a statement"], removeRelation: ["حذف گزاره", "Remove this statement"],
  removeSpan: ["حذف برچسب", "Remove the label"], remove: ["حذف", "Remove"], inRelation: ["در گزارهٔ گشوده:", "In the open statement:"],
  pickInText: ["کالا را در متن برگزینید", "Choose goods in the text"], addArea: ["افزودن کشور یا استان …", "Add a country or province …"],
  noArea: ["نام یا کد شناخته نشد", "No such name or code"], folder: ["خبرهای پوشه", "Articles in the folder"], noFolder: ["برای ذخیره با ‎--folder‎ آغاز کنید", "Start with --folder to save"],
  nothingSaved: ["هنوز خبری ذخیره نشده", "No saved articles yet"], unread: ["نخوانده", "unread"],
  howTo: ["برای برچسب زدن، واژه‌ها را برگزینید؛ برای تغییر، روی برچسب بزنید.", "Select words to label them; click a label to change it."],
  discard: ["تغییرهای ذخیره‌نشده از دست می‌رود. ادامه؟", "Unsaved changes will be lost. Go on?"], warn: ["ذخیره شد؛ بازبینی کنید:", "Saved; please look again:"],
});
const settings = JSON.parse(document.getElementById("settings").textContent);
const $ = (id) => document.getElementById(id);
const areaName = (code) => (settings.areas[code] ? settings.areas[code][side()] : code);
const names = { area: areaName };
let draft = null;

async function ask(method, path, body) {
  const answer = await fetch(path, { method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body) });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error || answer.statusText);
  return data;
}
function say(text, kind = "") {
  $("message").textContent = text;
  $("message").className = kind;
}
async function attempt(job) {
  document.body.classList.add("busy");
  try {
    return await job();
  } catch (error) {
    say(error.message, "bad");
    return null;
  } finally {
    document.body.classList.remove("busy");
  }
}

function show() {
  $("start").hidden = Boolean(draft);
  $("work").hidden = !draft;
  $("statements").hidden = !draft;
  $("menu").hidden = true;
  for (const id of ["save", "link", "fresh"]) $(id).hidden = !draft || (id === "save" && !settings.saves);
  $("dirty").hidden = !draft?.changed;
  if (!draft) return;
  $("name").textContent = draft.facts.id;
  $("when").textContent = draft.facts.date ? day(draft.facts.date) : t("noDate");
  renderText($("text"), ...draft.view());
  $("cards").replaceChildren(...draft.facts.relations.flatMap((r, n) => {
    const chosen = n === draft.chosen;
    const choose = () => { draft.chosen = chosen ? null : n; show(); };
    const face = card(names, row(r), { class: `card${chosen ? " chosen" : ""}`, "data-n": n, onclick: choose, onkeydown: (e) => { if (e.key === "Enter" && e.target === e.currentTarget) choose(); } });
    return chosen ? [face, relationForm(draft, areaName, show)] : [face];
  }));
}

async function folder() {
  if (!settings.saves) { $("entries").replaceChildren(el("p", { class: "none" }, t("noFolder"))); return; }
  const entries = (await attempt(() => ask("GET", "articles"))) || [];
  $("entries").replaceChildren(...(entries.length ? entries.map((e) => el("button", {
    class: `entry${draft?.name === e.name ? " chosen" : ""}`, "data-name": e.name, onclick: () => open(e.name),
  }, el("bdi", {}, e.id), el("small", {}, [e.date ? day(e.date) : "", `${number(e.relations)} ${t("statements")}`, e.readings === "0" ? t("unread") : "", e.readings === "0" && e.certainty ? percent(Math.round(100 * e.certainty)) : ""].filter(Boolean).join(" · "))))
    : [el("p", { class: "none" }, t("nothingSaved"))]));
}

const leaves = () => !draft?.changed || confirm(t("discard"));
async function open(name) {
  if (!leaves()) return;
  const facts = await attempt(() => ask("GET", `articles/${encodeURIComponent(name)}`));
  if (!facts) return;
  draft = new Draft(received(facts), name);
  say(t("howTo"));
  show();
  folder();
}
async function read() {
  say(t("reading"));
  const facts = await attempt(() => ask("POST", "extract", { text: $("paste").value, id: $("id").value.trim(), date: $("date").value || null }));
  if (!facts) return;
  draft = new Draft(received(facts));
  draft.changed = true;
  if (!$("id").value.trim()) draft.facts.id = `article-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}`;
  say(t("howTo"));
  show();
}
async function link() {
  const { id, date, text, entities } = sent(draft.facts);
  const spans = entities.map(({ start, end, label }) => ({ start, end, label }));
  const facts = await attempt(() => ask("POST", "link", { id, date, text, entities: spans }));
  if (!facts) return;
  draft = new Draft(received(facts), draft.name);
  draft.changed = true;
  show();
}
async function save() {
  const { name } = draft;
  const facts = sent(draft.facts);
  const answer = await attempt(() => (name === null ? ask("POST", "articles", facts) : ask("PUT", `articles/${encodeURIComponent(name)}`, facts)));
  if (!answer) return;
  Object.assign(draft, { name: answer.name, changed: false });
  say(answer.warnings.length ? `${t("warn")} ${answer.warnings.join("; ")}` : `${t("saved")}: ${answer.name}.txt`, answer.warnings.length ? "warn" : "good");
  show();
  folder();
}

// What of the text is selected, as offsets into it.
function selection() {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed || !$("text").contains(chosen.anchorNode) || !$("text").contains(chosen.focusNode)) return null;
  const range = chosen.getRangeAt(0);
  const before = range.cloneRange();
  before.selectNodeContents($("text"));
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  const bounds = draft.bounds(start, start + range.toString().length);
  return bounds && { start: bounds[0], end: bounds[1], rect: range.getBoundingClientRect() };
}
function menu(place) {
  spanMenu($("menu"), draft, place, async (what, name) => {
    if (what === "remove") draft.remove(place.id);
    else if (what === "slot") draft.toggle(place.id, name);
    else {
      const entity = place.id && draft.entity(place.id);
      const [start, end] = entity ? [entity.start, entity.end] : [place.start, place.end];
      const answer = await attempt(() => ask("POST", "read", { label: name, text: draft.facts.text.slice(start, end) }));
      if (answer) draft.add(start, end, name, answer.value);
    }
    getSelection().removeAllRanges();
    show();
  });
}

$("text").addEventListener("mouseup", () => { const place = selection(); if (place) menu(place); });
$("text").addEventListener("click", (e) => {
  const mark = e.target.closest("mark");
  if (mark && getSelection().isCollapsed && draft.entity(mark.dataset.id)) menu({ id: mark.dataset.id, rect: mark.getBoundingClientRect() });
  else if (getSelection().isCollapsed) $("menu").hidden = true;
});
document.addEventListener("keydown", (e) => { if (e.key === "Escape") $("menu").hidden = true; });
$("reading").addEventListener("scroll", () => { $("menu").hidden = true; });
$("read").addEventListener("click", read);
$("link").addEventListener("click", link);
$("save").addEventListener("click", save);
$("fresh").addEventListener("click", () => { if (leaves()) { draft = null; $("paste").value = ""; $("id").value = ""; say(""); show(); folder(); } });
$("add").addEventListener("click", () => { draft.addRelation(); show(); });
$("language").addEventListener("click", () => speak(language === "fa" ? "en" : "fa"));
addEventListener("beforeunload", (e) => { if (draft?.changed && settings.saves) e.preventDefault(); });
new ResizeObserver(() => draft && drawLinks($("text"))).observe($("text"));

function speak(name) {
  setLanguage(name);
  document.documentElement.lang = name;
  document.documentElement.dir = t("dir");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  say("");
  $("paste").placeholder = t("paste");
  $("area-names").replaceChildren(...Object.entries(settings.areas).map(([code, both]) => el("option", { value: both[side()] }, code)));
  show();
  folder();
}
speak("fa");
