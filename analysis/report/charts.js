// Charts of all replicates, drawn at the width they have so that their words keep their size.
const HEIGHT = 270;
const EDGE = { left: 52, right: 16, top: 20, bottom: 26 };

function niceStep(span, most) {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough);
}

function chartScale(chart, width) {
  const xs = chart.bands[0].x;
  const first = Math.floor(xs[0]);
  const last = Math.ceil(xs[xs.length - 1] + 0.01);
  const tops = [...chart.bands.flatMap((band) => band.high90), ...chart.observed.map((row) => row[1])];
  const tick = niceStep(Math.max(1, ...tops), 5);
  const top = Math.ceil(Math.max(1, ...tops) / tick) * tick;
  return {
    first, last, tick, top,
    x: (value) => EDGE.left + ((value - first) / (last - first)) * (width - EDGE.left - EDGE.right),
    y: (value) => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom),
  };
}

function line(band, values, at) {
  return values.map((value, i) => `${i ? "L" : "M"}${at.x(band.x[i]).toFixed(1)},${at.y(value).toFixed(1)}`).join("");
}

function area(band, low, high, at) {
  const back = high.map((value, i) => `L${at.x(band.x[i]).toFixed(1)},${at.y(value).toFixed(1)}`).reverse();
  return `${line(band, low, at)}${back.join("")}Z`;
}

function axes(root, at, width) {
  for (let value = 0; value <= at.top; value += at.tick) {
    svg("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: at.y(value), y2: at.y(value) }, root);
    const label = svg("text", { x: EDGE.left - 8, y: at.y(value) + 4, "text-anchor": "end" }, root);
    label.textContent = count(value);
  }
  const every = Math.ceil((at.last - at.first) / Math.max(3, (width - 80) / 62));
  for (let year = at.first; year <= at.last; year += every) {
    const label = svg("text", { x: at.x(year), y: HEIGHT - 6, "text-anchor": "middle" }, root);
    label.textContent = year;
  }
}

function partingLine(root, at) {
  if (data.begun === null) return;
  const [year, month, day] = data.begun.split("-").map(Number);
  const x = at.x(year + (month - 1) / 12 + (day - 1) / 365);
  svg("line", { class: "start", x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }, root);
  const label = svg("text", { class: "starting", x: x - 5, y: EDGE.top - 6, "text-anchor": "middle" }, root);
  label.textContent = "scenarios part";
}

function drawBands(root, chart, at) {
  scenarios.forEach((s, i) => {
    const band = chart.bands[i];
    const main = i === 0 || i === state.policy;
    if (main) {
      svg("path", { d: area(band, band.low90, band.high90, at), fill: s.colour, "fill-opacity": 0.13 }, root);
      svg("path", { d: area(band, band.low50, band.high50, at), fill: s.colour, "fill-opacity": 0.22 }, root);
    }
    svg("path", { d: line(band, band.median, at), fill: "none", stroke: s.colour, "stroke-width": main ? 2.4 : 1.3, "stroke-opacity": main ? 1 : 0.55, "stroke-dasharray": i ? "" : "6 3" }, root);
  });
  chart.observed.forEach(([x, y]) => svg("circle", { class: "observed", cx: at.x(x), cy: at.y(y), r: 4, fill: "#fbf9f5", stroke: "#1d1c1a", "stroke-width": 2 }, root));
}

function chartTip(chart, at, event) {
  const box = event.currentTarget.getBoundingClientRect();
  const xs = chart.bands[0].x;
  const wanted = at.first + ((event.clientX - box.x - EDGE.left) / (box.width - EDGE.left - EDGE.right)) * (at.last - at.first);
  let i = 0;
  xs.forEach((x, j) => { if (Math.abs(x - wanted) < Math.abs(xs[i] - wanted)) i = j; });
  const yearly = Math.abs(xs[i] % 1 - 0.5) < 0.01 && xs.length < 60;
  const year = Math.floor(xs[i] + 1e-6);
  const month = MONTH_NAMES[Math.min(11, Math.round((xs[i] - year) * 12))];
  const decimals = at.top < 100 ? 1 : 0;
  const rows = [...scenarios.keys()].map((k) => {
    const band = chart.bands[k];
    return el("tr", {}, el("td", {}, swatch(scenarios[k].colour), scenarios[k].title), el("td", {}, count(band.median[i], decimals)), el("td", {}, `${count(band.low90[i], decimals)}–${count(band.high90[i], decimals)}`));
  });
  const seen = chart.observed.find((row) => Math.abs(row[0] - xs[i]) < 0.01);
  if (seen) rows.push(el("tr", {}, el("td", {}, "Observed"), el("td", {}, count(seen[1])), el("td", {})));
  $("tip").replaceChildren(el("b", {}, yearly ? `${year}` : `${month} ${year}`), el("table", {}, ...rows), el("em", {}, "median and middle 90 %"));
  $("tip").hidden = false;
  const tip = $("tip").getBoundingClientRect();
  $("tip").style.left = `${Math.max(8, Math.min(event.clientX + 16, innerWidth - tip.width - 8))}px`;
  $("tip").style.top = `${Math.min(event.clientY + 18, innerHeight - tip.height - 8)}px`;
}

function drawChart(holder, chart) {
  const width = Math.max(280, holder.clientWidth);
  const at = chartScale(chart, width);
  holder.querySelector("svg").remove();
  const last = chart.bands.map((band, i) => `${scenarios[i].title} ${count(band.median[band.median.length - 1])}`);
  const root = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${chart.title}; medians at the end: ${last.join(", ")}` }, holder);
  axes(root, at, width);
  drawBands(root, chart, at);
  partingLine(root, at);
  const [year, month] = data.months[state.month].split("-").map(Number);
  const x = at.x(year + (month - 1) / 12);
  svg("line", { class: "cursor", x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }, root);
  root.addEventListener("pointermove", (event) => chartTip(chart, at, event));
  root.addEventListener("pointerleave", () => { $("tip").hidden = true; });
}

function drawKeys() {
  const root = $("keys");
  root.replaceChildren();
  scenarios.forEach((s, i) => {
    const mark = el("i");
    mark.style.borderTop = `3px ${i ? "solid" : "dashed"} ${s.colour}`;
    root.append(el("span", {}, mark, i ? s.title : `${s.title} (baseline)`));
  });
  if (data.charts.some((chart) => chart.observed.length)) root.append(el("span", {}, el("i", { class: "dots" }), "observed"));
}

function moveCursor(holders) {
  const [year, month] = data.months[state.month].split("-").map(Number);
  holders.forEach(([holder, chart]) => {
    const at = chartScale(chart, Math.max(280, holder.clientWidth));
    const cursor = holder.querySelector(".cursor");
    cursor.setAttribute("x1", at.x(year + (month - 1) / 12));
    cursor.setAttribute("x2", at.x(year + (month - 1) / 12));
  });
}

function buildCharts() {
  const holders = data.charts.map((chart) => {
    const holder = el("div", { class: "chart" }, el("h3", {}, chart.title), svg("svg", {}));
    $("chartlist").append(holder);
    return [holder, chart];
  });
  const redraw = () => holders.forEach(([holder, chart]) => drawChart(holder, chart));
  let drawn = null;
  listeners.push(() => {
    if (drawn === state.policy) { moveCursor(holders); return; }
    drawn = state.policy;
    redraw();
  });
  addEventListener("resize", redraw);
  drawKeys();
}

start();
maps.push(buildMap($("left"), 0), buildMap($("right"), 1));
buildCharts();
show();
