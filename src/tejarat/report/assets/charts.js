// The charts: bars by partner, product and year, and who sends to whom.
const COLOURS = { export: "#0f766e", import: "#c2410c", trade: "#6d5bd0" };
const FONT = "Vazirmatn, Tahoma, sans-serif";
const MOST_BARS = 10, MOST_ENDS = 11, MOST_NAME = 26;
const charts = new Map();

function chart(id) {
  if (!charts.has(id)) charts.set(id, echarts.init(document.getElementById(id), null, { renderer: "svg" }));
  return charts.get(id);
}
const cut = (name) => (name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1)}…` : name);

// ECharts takes a tooltip for HTML, unless it is an element.
const tip = (title, lines) => el("div", { class: "tip", dir: t("dir") }, el("b", {}, title), lines.map((l) => el("div", {}, l)));
const amountText = (x, measure) => (measure === "count" ? number(x) : `${compact(x)} ${measureName(measure)}`);

function emptyState(id, isEmpty, measure) {
  const panel = document.getElementById(id).parentElement;
  panel.classList.toggle("empty", isEmpty);
  panel.querySelector(".none").textContent = measure === "count" ? t("nothing") : t("noAmounts");
}

function bars(id, groups, { measure, name, upright = false, pick }) {
  emptyState(id, !groups.length, measure);
  const rtl = language === "fa";
  const category = {
    type: "category", data: groups.map((g) => g.key), inverse: upright ? rtl : true, position: upright ? "bottom" : rtl ? "right" : "left",
    axisTick: { show: false }, axisLine: { lineStyle: { color: "#d6d3d1" } }, triggerEvent: true,
    axisLabel: { interval: 0, formatter: (key) => cut(name(key)), color: "#44403c", fontFamily: FONT, fontSize: upright ? 11 : 12, margin: 10 },
  };
  const value = {
    type: "value", inverse: upright ? false : rtl, position: upright ? (rtl ? "right" : "left") : "bottom", splitNumber: 3,
    axisLabel: { formatter: (x) => compact(x), color: "#a8a29e", fontFamily: FONT, fontSize: 11, hideOverlap: true }, splitLine: { lineStyle: { color: "#f0eeec" } },
  };
  const flows = ["export", "import", "trade"].filter((f) => groups.some((g) => g.flows[f]));
  const view = chart(id);
  view.setOption({
    animation: false, aria: { enabled: true }, textStyle: { fontFamily: FONT },
    grid: { top: 8, bottom: 4, left: rtl && !upright ? 18 : 6, right: rtl || upright ? 6 : 18, containLabel: true },
    xAxis: upright ? category : value, yAxis: upright ? value : category,
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true, formatter: ([p]) => {
      const g = groups[p.dataIndex];
      return tip(name(g.key), flows.filter((f) => g.flows[f]).map((f) => `${t(f)}: ${amountText(g.flows[f], measure)}`));
    } },
    series: flows.map((f) => ({ type: "bar", stack: "all", name: t(f), data: groups.map((g) => g.flows[f]), itemStyle: { color: COLOURS[f] }, barMaxWidth: upright ? 36 : 16 })),
  }, true);
  view.off("click");
  view.on("click", (e) => pick?.(e.componentType === "series" ? groups[e.dataIndex].key : e.value));
}

function sankey(id, facts, measure) {
  const rtl = language === "fa";
  const ends = (row) => {
    const one = (name) => facts.groups(name, measure)(row);
    const [from, to] = row.flow === "import" ? [one("partners"), one("reporters")] : [one("reporters"), one("partners")];
    return row.flow === "trade" ? [] : from.flatMap((a) => to.map((b) => JSON.stringify([a, b, row.flow])));
  };
  const sums = facts.sums(measure, ends).map((g) => ({ ends: JSON.parse(g.key), value: g.total }));
  // The greatest senders and receivers by name, the rest as one.
  const named = [0, 1].map((k) => {
    const totals = new Map();
    for (const { ends, value } of sums) totals.set(ends[k], (totals.get(ends[k]) || 0) + value);
    return new Set([...totals].sort((a, b) => b[1] - a[1]).slice(0, MOST_ENDS).map(([name]) => name));
  });
  const joined = new Map();
  for (const { ends: [a, b, flow], value } of sums) {
    const key = JSON.stringify([named[0].has(a) ? a : "", named[1].has(b) ? b : "", flow]);
    joined.set(key, (joined.get(key) || 0) + value);
  }
  const links = [...joined].map(([key, value]) => ({ ends: JSON.parse(key), value }));
  emptyState(id, !links.length, measure);
  // Senders stand where reading begins.
  const [here, there] = rtl ? ["to:", "from:"] : ["from:", "to:"];
  const nodes = new Map();
  const node = (prefix, key) => {
    const begins = prefix === here;
    if (!nodes.has(prefix + key)) {
      nodes.set(prefix + key, { name: prefix + key, depth: begins ? 0 : 1, itemStyle: { color: "#57534e" }, label: { position: begins ? "left" : "right" } });
    }
    return prefix + key;
  };
  const data = links.map(({ ends: [a, b, flow], value }) => ({
    source: node(here, rtl ? b : a), target: node(there, rtl ? a : b), value, flow,
    lineStyle: { color: COLOURS[flow], opacity: 0.32, curveness: 0.5 },
  }));
  const room = Math.min(160, 0.3 * chart(id).getWidth());
  const bare = (name) => facts.groupName(name.replace(/^(from|to):/, "")) || t("others");
  chart(id).setOption({
    animation: false, aria: { enabled: true }, textStyle: { fontFamily: FONT },
    tooltip: { confine: true, formatter: ({ dataType, data: d, name, value }) => {
      if (dataType !== "edge") return tip(bare(name), [amountText(value, measure)]);
      const [from, to] = rtl ? [d.target, d.source] : [d.source, d.target];
      return tip(`${bare(from)} ${rtl ? "←" : "→"} ${bare(to)}`, [`${t(d.flow)}: ${amountText(d.value, measure)}`]);
    } },
    series: data.length ? [{
      type: "sankey", data: [...nodes.values()], links: data, left: room, right: room, top: 6, bottom: 6, nodeWidth: 10, nodeGap: 14, draggable: false,
      layoutIterations: 32, emphasis: { focus: "adjacency", lineStyle: { opacity: 0.55 } },
      label: { formatter: ({ name }) => cut(bare(name)), color: "#44403c", fontFamily: FONT, fontSize: 12 },
    }] : [],
  }, true);
}

function drawCharts(facts, measure, pick) {
  const top = (name) => facts.sums(measure, facts.groups(name, measure)).slice(0, MOST_BARS);
  const area = (key) => facts.groupName(key);
  bars("partners", top("partners"), { measure, name: area, pick: (key) => pick("partner", area(key.split(" + ")[0])) });
  bars("products", top("products"), { measure, name: (key) => key, pick: (key) => pick("product", key.split(" + ")[0]) });
  const years = facts.sums(measure, (row) => (row.year ? [row.year] : []));
  const place = (y) => (y < "1700" ? Number(y) + 621.2 : Number(y));
  years.sort((a, b) => place(a.key) - place(b.key));
  bars("years", years.slice(-8), { measure, name: yearName, upright: true, pick: (key) => pick("year", key) });
  sankey("flows", facts, measure);
}
