// Words of the page in Persian and English, and how numbers, money and days are written in each.
const WORDS = {
  title: ["حقایق تجارت خارجی", "Trade facts"],
  articles: ["خبر", "articles"], statements: ["گزاره", "statements"],
  exports: ["صادرات", "Exports"], imports: ["واردات", "Imports"], trades: ["مبادلات", "Two-way trade"],
  export: ["صادرات", "export"], import: ["واردات", "import"], trade: ["مبادله", "trade"],
  actual: ["انجام‌شده", "actual"], target: ["هدف", "target"], potential: ["ظرفیت", "potential"],
  measure: ["سنجه", "Measure"], count: ["شمار گزاره‌ها", "Number of statements"],
  partnersChart: ["طرف‌های تجاری", "Partners"], productsChart: ["کالاها", "Products"],
  periodsChart: ["سال‌ها", "Years"], flowsChart: ["از فرستنده به گیرنده", "From sender to receiver"],
  ranksChart: ["رتبه‌ها", "Ranks"], others: ["دیگران", "Others"],
  nothing: ["با این پالایه‌ها چیزی نیست", "Nothing matches these filters"],
  noAmounts: ["در این سنجه عددی نیست", "No amounts in this measure"],
  search: ["جست‌وجو در متن، کالا، کشور …", "Search text, products, countries …"],
  reporter: ["گزارشگر", "Reporter"], partner: ["طرف مقابل", "Partner"], product: ["کالا", "Product"],
  flow: ["جریان", "Flow"], modality: ["وجه", "Modality"], year: ["سال", "Year"], allYears: ["همهٔ سال‌ها", "All years"],
  value: ["ارزش", "Value"], quantity: ["مقدار", "Quantity"], growth: ["تغییر", "Change"], share: ["سهم", "Share"],
  rank: ["رتبه", "Rank"], period: ["دوره", "Period"], score: ["اطمینان", "Confidence"],
  minScore: ["کمینهٔ اطمینان", "Least confidence"], reset: ["پاک کردن پالایه‌ها", "Clear filters"],
  csv: ["دریافت CSV", "Download CSV"], close: ["بستن", "Close"], evidence: ["جملهٔ گواه", "Evidence"],
  country: ["در کشور", "in the country"], atPartner: ["نزد طرف مقابل", "at the partner"], noText: ["متن خبر در این فایل نیست", "The text was left out of the facts"],
  noDate: ["بی‌تاریخ", "no date"], noRelations: ["گزاره‌ای در این خبر نیست", "No statements in this article"],
  MONEY: ["پول", "Money"], PERCENT: ["درصد", "Percent"], RANK: ["رتبه", "Rank"], COUNTRY: ["کشور", "Country"],
  PRODUCT: ["کالا", "Product"], of: ["از", "of"], to: ["تا", "to"],
  dir: ["rtl", "ltr"], other: ["English", "فارسی"], unknown: ["نامعلوم", "unknown"],
  counting: [
    "جمع‌ها تنها در یک ارز و تنها از گزاره‌های انجام‌شده‌اند. مبلغ مشترک یک بار شمرده می‌شود، جزء به کل افزوده نمی‌شود، و از بازه کمینه‌اش.",
    "Sums stay within one currency and take actual statements only. A shared amount counts once, a part is not added to its whole, and a range counts with its lower end.",
  ],
  leftOut: ["گزاره بیرون از جمع", "left out of the sums"],
  counted: ["گزاره در جمع", "counted"],
};
const UNITS = {
  t: ["تن", "t"], kg: ["کیلوگرم", "kg"], barrel: ["بشکه", "barrels"], l: ["لیتر", "l"], m3: ["مترمکعب", "m³"],
  m2: ["مترمربع", "m²"], m: ["متر", "m"], head: ["رأس", "head"], unit: ["عدد", "units"], mwh: ["مگاوات‌ساعت", "MWh"],
};
let language = "fa";
const side = () => (language === "fa" ? 0 : 1);
const t = (name) => (WORDS[name] ? WORDS[name][side()] : name);
const setLanguage = (name) => { language = name; formats.clear(); };

const formats = new Map();
function format(name, make) {
  if (!formats.has(name)) formats.set(name, make(language === "fa" ? "fa-IR" : "en"));
  return formats.get(name);
}
const number = (x) => format("number", (l) => new Intl.NumberFormat(l, { maximumFractionDigits: 2 })).format(x);
const compact = (x, digits = 3) =>
  format(`compact${digits}`, (l) => new Intl.NumberFormat(l, { notation: "compact", maximumSignificantDigits: digits })).format(x);
const exact = (x) => compact(x, 6);
const list = (names = []) => names.join(language === "fa" ? "، " : ", ");
const percent = (x, signed) =>
  format(`percent${signed}`, (l) =>
    new Intl.NumberFormat(l, { style: "percent", maximumFractionDigits: 2, signDisplay: signed ? "exceptZero" : "auto" }),
  ).format(x / 100);
const plain = (x) => format("plain", (l) => new Intl.NumberFormat(l, { useGrouping: false })).format(x);
const range = (low, high, show) => (high == null ? show(low) : `${show(low)}–${show(high)}`);

function currency(code) {
  try {
    return format("currency", (l) => new Intl.DisplayNames([l], { type: "currency" })).of(code);
  } catch {
    return code;
  }
}
const unit = (code) => (UNITS[code] ? UNITS[code][side()] : code);
const measureName = (m) => (m === "count" ? t("count") : m.startsWith("q:") ? unit(m.slice(2)) : currency(m));
const money = (v) => `${range(v.amount, v.amount_max, exact)} ${currency(v.currency)}`;
const quantity = (q) => `${range(q.amount, q.amount_max, exact)} ${unit(q.unit)}`;
const yearName = (y) => plain(Number(y)) + (language === "fa" && y > "1700" ? " م" : "");

const dayOf = (iso) => new Date(`${iso}T12:00:00Z`);
const calendar = (name, options) =>
  format(name, () => new Intl.DateTimeFormat(language === "fa" ? "fa-IR-u-ca-persian" : "en-GB", { ...options, timeZone: "UTC" }));
const days = () => calendar("days", { day: "numeric", month: "short", year: "numeric" });
const monthName = (iso) => calendar("month", { month: "long" }).format(dayOf(iso));
const months = (iso) => `${monthName(iso)} ${calendar("year", { year: "numeric" }).format(dayOf(iso)).replace(/[^\d۰-۹]/g, "")}`;
const day = (iso) => days().format(dayOf(iso));
const persian = new Intl.DateTimeFormat("en-u-ca-persian", { day: "numeric", month: "numeric", year: "numeric", timeZone: "UTC" });
function persianParts(iso) {
  const parts = {};
  for (const { type, value } of persian.formatToParts(dayOf(iso))) parts[type] = parseInt(value, 10);
  return parts;
}
// A whole Iranian year as its number, whole months by name, other periods by their days.
const periodNames = new Map();
function period(p) {
  const key = `${language}${p.start}${p.end}`;
  if (!periodNames.has(key)) periodNames.set(key, namePeriod(p));
  return periodNames.get(key);
}
function namePeriod({ start, end }) {
  if (start === end) return day(start);
  try {
    const first = persianParts(start);
    const after = persianParts(new Date(dayOf(end).getTime() + 864e5).toISOString().slice(0, 10));
    if (first.day === 1 && after.day === 1) {
      if (first.month === 1 && after.month === 1) {
        const years = after.year - 1 > first.year ? `${plain(first.year)}–${plain(after.year - 1)}` : plain(first.year);
        return language === "fa" ? `سال ${years}` : `${years} (${start.slice(0, 4)}/${end.slice(2, 4)})`;
      }
      if (language === "fa") {
        const [from, to] = [persianParts(start), persianParts(end)];
        if (from.year === to.year) return from.month === to.month ? months(start) : `${monthName(start)} ${t("to")} ${months(end)}`;
        return `${months(start)} ${t("to")} ${months(end)}`;
      }
    }
    return language === "fa" ? `${day(start)} ${t("to")} ${day(end)}` : days().formatRange(dayOf(start), dayOf(end));
  } catch {
    return `${start} … ${end}`;
  }
}
