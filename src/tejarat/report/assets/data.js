// The facts of the page: which statements the filters let through, and what of them may be added up.
const parse = (id) => JSON.parse(document.getElementById(id).textContent);
const FOLDS = { ي: "ی", ى: "ی", ئ: "ی", ك: "ک", ة: "ه", ۀ: "ه", أ: "ا", إ: "ا", آ: "ا", ؤ: "و", "\u200c": " " };
const fold = (text) =>
  text
    .toLowerCase()
    .replace(/[يىئكةۀأإآؤ\u200c]/g, (c) => FOLDS[c])
    .replace(/[۰-۹]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x6c0))
    .replace(/[٠-٩]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x630));

class Facts {
  constructor({ labels, areas, articles, rows }) {
    Object.assign(this, { labels, areas, articles, rows });
    this.selected = new Uint8Array(rows.length).fill(1);
    this.order = this.#wholesFirst();
    this.orders = new Map();
    this.byArticle = articles.map(() => []);
    rows.forEach((row, n) => this.byArticle[row.a].push(n));
  }

  area(code) { return this.areas[code] ? this.areas[code][side()] : code; }
  evidence(row) { return this.articles[row.a].text.slice(row.evidence.start, row.evidence.end).trim(); }

  // Earlier and longer times first, wider scopes first, surer statements first: a whole comes before its parts.
  #wholesFirst() {
    const narrow = (list = []) => (list.length ? 1 - (list.length - 1) / 100 : 0);
    const keys = this.rows.map((r) => {
      const provinces = (r.reporters || []).some((c) => c.startsWith("IR-")) ? 2 : 0;
      return [r.days ? r.days[0] : 0, r.days ? -r.days[1] : 0, provinces + narrow(r.reporters) + narrow(r.partners) + narrow(r.products), -r.score];
    });
    return this.rows.map((_, n) => n).sort((a, b) => {
      for (let k = 0; k < 4; k++) if (keys[a][k] !== keys[b][k]) return keys[a][k] - keys[b][k];
      return a - b;
    });
  }

  haystack(row) {
    if (row.hay === undefined) {
      const names = [...(row.reporters || []), ...(row.partners || [])].flatMap((c) => [c, ...(this.areas[c] || [])]);
      row.hay = fold([this.evidence(row), this.articles[row.a].id, ...names, ...(row.products || [])].join("\n"));
    }
    return row.hay;
  }

  // Sets `selected` to what the filters let through; returns how many statements that is.
  filter({ text = "", reporter = "", partner = "", product = "", flows, modalities, year = "", score = 0 }) {
    const words = fold(text).split(/\s+/).filter(Boolean);
    const like = (name) => fold(name).trim();
    const [r, p, g] = [like(reporter), like(partner), like(product)];
    const areas = (wanted) =>
      wanted && new Set(Object.keys(this.areas).filter((c) => c.toLowerCase() === wanted || this.areas[c].some((name) => fold(name).includes(wanted))));
    const [reporters, partners] = [areas(r), areas(p)];
    const goods = new Map();
    const isGood = (name) => {
      if (!goods.has(name)) goods.set(name, fold(name).includes(g));
      return goods.get(name);
    };
    let count = 0;
    this.rows.forEach((row, n) => {
      const passes =
        flows.has(row.flow) && modalities.has(row.modality) && row.score >= score && (!year || row.year === year) &&
        (!r || (row.reporters || []).some((c) => reporters.has(c))) &&
        (!p || (row.partners || []).some((c) => partners.has(c))) &&
        (!g || (row.products || []).some(isGood)) &&
        (!words.length || words.every((w) => this.haystack(row).includes(w)));
      this.selected[n] = passes ? 1 : 0;
      count += this.selected[n];
    });
    return count;
  }

  // Currencies and units by how many statements have them; kilograms are tonnes.
  measures() {
    const counts = new Map();
    const add = (m) => m && counts.set(m, (counts.get(m) || 0) + 1);
    for (const row of this.rows) {
      if (row.value) add(row.value.currency);
      if (row.quantity) add(row.quantity.unit === "kg" ? "q:t" : `q:${row.quantity.unit}`);
    }
    const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([m]) => m);
    return [...byCount.filter((m) => !m.startsWith("q:")), ...byCount.filter((m) => m.startsWith("q:")), "count"];
  }

  amount(row, measure) {
    if (measure === "count") return 1;
    if (!measure.startsWith("q:")) return row.value && row.value.currency === measure ? row.value.amount : null;
    if (!row.quantity) return null;
    if (measure === "q:t" && row.quantity.unit === "kg") return row.quantity.amount / 1000;
    return `q:${row.quantity.unit}` === measure ? row.quantity.amount : null;
  }

  // Of the selected statements those whose amounts may be added up: actual ones, none with its whole or its double.
  // `fits` narrows them to what a chart shows; only what it shows can stand for a whole, and none is a whole that is
  // less than its part.
  counted(measure, fits = () => true) {
    const out = [];
    const kind = measure.startsWith("q:") ? "quantity" : "value";
    const seen = new Set();
    const wholes = new Map(); // scope → [end, amount] of what counts, as few as say it all
    for (const n of this.order) {
      const row = this.rows[n];
      if (!this.selected[n] || !fits(row)) continue;
      if (measure === "count") { out.push(n); continue; }
      const amount = this.amount(row, measure);
      if (row.modality !== "actual" || amount === null) continue;
      const [start, end] = row.days || [0, 0];
      const same = `${row.own} ${start} ${end}`;
      const shared = row.shared?.[kind];
      if (seen.has(same) || (shared !== undefined && seen.has(shared))) continue;
      if (row.within.some((k) => wholes.get(k)?.some((w) => w[0] >= end && w[1] >= amount))) continue;
      seen.add(same).add(shared);
      for (const k of row.covers) {
        const others = (wholes.get(k) || []).filter((w) => w[0] > end || w[1] > amount);
        wholes.set(k, [...others, [end, amount]]);
      }
      out.push(n);
    }
    return out;
  }

  // Who an amount belongs to: all of those that share it.
  members(row, name, measure) {
    const kind = measure.startsWith("q:") ? "quantity" : "value";
    return (measure !== "count" && row.joint?.[kind]?.[name]) || row[name] || [];
  }

  // Sums by group, greatest first: [{ key, total, flows: { export, import, trade } }]. `keys` names a row's groups.
  sums(measure, keys) {
    const groups = new Map();
    for (const n of this.counted(measure, (row) => keys(row).length > 0)) {
      const row = this.rows[n];
      for (const key of keys(row)) {
        let group = groups.get(key);
        if (!group) groups.set(key, (group = { key, total: 0, flows: { export: 0, import: 0, trade: 0 } }));
        const amount = this.amount(row, measure);
        group.total += amount;
        group.flows[row.flow] += amount;
      }
    }
    return [...groups.values()].sort((a, b) => b.total - a.total);
  }

  // A list that shares an amount is one group of its own, written with " + "; a count counts for each of its members.
  groups(name, measure) {
    return (row) => {
      const list = this.members(row, name, measure).filter((c) => c !== "WORLD"); // that is everyone, and no bar of its own
      return measure === "count" || list.length < 2 ? list : [[...list].sort().join(" + ")];
    };
  }
  groupName(key) { return key.split(" + ").map((c) => this.area(c)).join(" + "); }

  // The order of all rows by a column, made once for each language; filtering keeps it.
  sorted(column) {
    const name = language + column;
    if (!this.orders.has(name)) {
      const key = {
        reporter: (r) => (r.reporters || []).map((c) => this.area(c)).join(), partner: (r) => (r.partners || []).map((c) => this.area(c)).join(),
        product: (r) => (r.products || []).join(), flow: (r) => t(r.flow), period: (r) => r.period?.start || "",
        value: (r) => r.value?.amount ?? null, quantity: (r) => r.quantity?.amount ?? null, growth: (r) => r.growth?.percent ?? null,
        share: (r) => r.share?.percent ?? null, rank: (r) => r.rank?.rank ?? null, score: (r) => r.score,
      }[column];
      const { compare } = new Intl.Collator(language);
      const keys = this.rows.map(key);
      const empty = (k) => k === null || k === "";
      // Without a value a row comes last, whichever way the column is turned.
      const filled = this.rows.map((_, n) => n).filter((n) => !empty(keys[n]));
      const ranks = typeof keys[filled[0]] === "string" ? new Map([...new Set(filled.map((n) => keys[n]))].sort(compare).map((k, i) => [k, i])) : null;
      filled.sort((a, b) => (ranks ? ranks.get(keys[a]) - ranks.get(keys[b]) : keys[a] - keys[b]) || a - b);
      this.orders.set(name, [filled, this.rows.map((_, n) => n).filter((n) => empty(keys[n]))]);
    }
    return this.orders.get(name);
  }
  shown(column, descending) {
    const keep = (n) => this.selected[n];
    if (!column) return this.rows.map((_, n) => n).filter(keep);
    const [filled, empty] = this.sorted(column).map((list) => list.filter(keep));
    return [...(descending ? filled.reverse() : filled), ...empty];
  }

  csv(indexes) {
    const text = (s) => (/^[=+\-@\t\r]/.test(s) ? `'${s}` : s); // no spreadsheet takes a text for a formula
    const cell = (s) => (/[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
    const head = "article,date,relation,flow,reporters,reporter_names,partners,partner_names,products,value,value_max,currency,quantity,quantity_max,unit,share,growth,rank,rank_scope,period_start,period_end,modality,score,evidence";
    const lines = indexes.map((n) => {
      const r = this.rows[n];
      const names = (codes = []) => codes.map((c) => this.area(c)).join("; ");
      const cells = [
        text(this.articles[r.a].id), this.articles[r.a].date, r.id, r.flow, r.reporters?.join("; "), names(r.reporters), r.partners?.join("; "), names(r.partners),
        text((r.products || []).join("; ")), r.value?.amount, r.value?.amount_max, r.value?.currency, r.quantity?.amount, r.quantity?.amount_max, r.quantity?.unit,
        r.share?.percent, r.growth?.percent, r.rank?.rank, r.rank?.scope, r.period?.start, r.period?.end, r.modality, r.score, text(this.evidence(r)),
      ];
      return cells.map((c) => (c == null ? "" : cell(String(c)))).join(",");
    });
    return `\ufeff${head}\r\n${lines.join("\r\n")}\r\n`;
  }
}
