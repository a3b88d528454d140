// The interface counts code points, the page's strings count UTF-16 units.
const wide = (text) => [...text.matchAll(/[\u{10000}-\u{10ffff}]/gu)].map((m) => m.index);
const below = (sorted, limit) => sorted.filter((x) => x < limit).length;
const toUnits = (text) => {
  const points = wide(text).map((index, n) => index - n);
  return (offset) => offset + below(points, offset);
};
const toPoints = (text) => {
  const units = wide(text);
  return (offset) => offset - below(units, offset);
};
// Facts with every offset moved by `move`.
function moved(facts, move) {
  const place = (x) => (x && x.start != null && x.end != null ? { ...x, start: move(x.start), end: move(x.end) } : x);
  return {
    ...facts, entities: facts.entities.map(place),
    relations: facts.relations.map((r) => ({ ...r, quantity: place(r.quantity), evidence: place(r.evidence) })),
  };
}
const received = (facts) => moved(facts, toUnits(facts.text));
const sent = (facts) => moved(facts, toPoints(facts.text));
