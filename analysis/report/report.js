"use strict";
// The maps, their time and their legend. Everything drawn comes from the page's own data.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const NOBODY = 255;
const RATE_STEPS = [0, 5, 10, 20, 30, 50, 75, 100, 150];
const RATE_COLOURS = ["#fdf3e1", "#fbe0b8", "#fdc587", "#fb9f5f", "#ee6f47", "#d6402f", "#ac1a26", "#77091f", "#3b0516"];
const LED_STEPS = [0, 1, 10, 25, 50, 75, 90];
const MONTH_NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const NONE = "#e0d9c9";
const FRAME = 130; // milliseconds between two months when playing

const P = data.places.length;
const M = data.months.length;
const state = { month: 0, policy: 1, layer: "primary", founder: Math.max(0, data.riser), place: -1, timer: null };
const listeners = []; // called after every change

function bytes(text) {
  const raw = atob(text);
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

function words(text) {
  const raw = bytes(text);
  return Uint16Array.from({ length: raw.length / 2 }, (_, i) => raw[2 * i] | (raw[2 * i + 1] << 8));
}

const scenarios = data.scenarios.map((s) => ({
  ...s,
  primary: bytes(s.primary),
  share: bytes(s.share),
  rate: words(s.rate),
  led: s.led ? bytes(s.led) : null,
}));

function svg(name, attributes, parent) {
  const node = document.createElementNS(document.querySelector("svg").namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.append(node);
  return node;
}

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function swatch(colour) {
  const box = el("i");
  box.style.background = colour;
  return box;
}

const count = (value, decimals = 0) =>
  value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

function monthLabel(m) {
  const [year, month] = data.months[m].split("-");
  return `${MONTH_NAMES[month - 1]} ${year}`;
}

function mix(colour, amount) {
  // The colour over the empty colour of a place, amount 0..1.
  const part = (text, i) => parseInt(text.slice(i, i + 2), 16);
  const parts = [1, 3, 5].map((i) => Math.round(part(NONE, i) + (part(colour, i) - part(NONE, i)) * amount));
  return `rgb(${parts.join(",")})`;
}

function step(value, steps) {
  let i = 0;
  while (i + 1 < steps.length && value >= steps[i + 1]) i += 1;
  return i;
}

// What scenario s has in place p in the month shown.
function reading(s, p) {
  const at = state.month * P + p;
  const row = s.primary[at];
  return {
    leader: row === NOBODY ? null : s.cast[row],
    share: s.share[at],
    rate: s.rate[at] / 10,
    led: s.led ? s.led[state.founder * M * P + at] : 0,
  };
}

function fillOf(s, p) {
  const now = reading(s, p);
  if (state.layer === "rate") return RATE_COLOURS[step(now.rate, RATE_STEPS)];
  if (state.layer === "led") return ledColour(now.led);
  return now.leader ? now.leader[2] : NONE;
}

function ledColour(percent) {
  const i = step(percent, LED_STEPS);
  return i === 0 ? NONE : mix(data.founders[state.founder][2], 0.12 + (0.88 * i) / (LED_STEPS.length - 1));
}

function chosen(side) {
  return scenarios[side === 0 ? 0 : state.policy];
}

// --- the two maps

function buildMap(figure, side) {
  const root = svg("svg", { viewBox: `0 0 ${data.width} ${data.height}`, tabindex: "0", role: "img" });
  if (data.tiles) root.classList.add("tiles");
  const places = svg("g", {}, root);
  const hatches = svg("g", {}, root);
  const labels = svg("g", {}, root);
  const map = { root, side, caption: figure.querySelector("figcaption"), fills: [], hatches: [], shown: [] };
  data.places.forEach((place, p) => {
    const path = svg("path", { d: place.path, class: "place", "data-place": place.code }, places);
    map.fills.push(path);
    map.hatches.push(svg("path", { d: place.path, class: "hatch" }, hatches));
    if (place.abbr) {
      const text = svg("text", { x: place.x, y: place.y + 3, class: place.small ? "abbr small" : "abbr" }, labels);
      text.textContent = place.abbr;
    }
    path.addEventListener("pointermove", (event) => point(p, side, event.clientX, event.clientY));
    path.addEventListener("pointerdown", (event) => point(p, side, event.clientX, event.clientY));
  });
  map.outline = svg("path", { class: "outline", d: "" }, root);
  root.addEventListener("pointerleave", unpoint);
  root.addEventListener("keydown", (event) => walk(event, map));
  root.addEventListener("blur", unpoint);
  figure.append(root);
  return map;
}

function buildHatching() {
  const root = svg("svg", { width: 0, height: 0, "aria-hidden": "true" });
  root.style.position = "absolute";
  const pattern = svg("pattern", { id: "hatching", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("defs", {}, root));
  svg("rect", { width: 2, height: 5, fill: "#fff", "fill-opacity": 0.62 }, pattern);
  document.body.prepend(root);
}

function paint(map) {
  const s = chosen(map.side);
  for (let p = 0; p < P; p += 1) {
    const fill = fillOf(s, p);
    if (map.shown[p] !== fill) {
      map.fills[p].setAttribute("fill", fill);
      map.shown[p] = fill;
    }
    const now = reading(s, p);
    map.hatches[p].classList.toggle("on", state.layer === "primary" && now.leader !== null && now.share < 50);
  }
  map.outline.setAttribute("d", state.place < 0 ? "" : data.places[state.place].path);
  describe(map, s);
}

function describe(map, s) {
  let homicides = 0;
  for (let p = 0; p < P; p += 1) homicides += (reading(s, p).rate * data.places[p].people) / 1e5;
  const facts = `${count(Math.round(homicides / 10) * 10)} homicides a year (last 12 months) · ${count(s.members[state.month])} cartel members`;
  map.caption.replaceChildren(el("b", {}, s.title), el("span", {}, `${map.side === 0 ? "Baseline" : "Policy"} · ${facts}`));
  map.caption.style.setProperty("--colour", s.colour);
  map.root.setAttribute("aria-label", `Map of ${s.title}, ${monthLabel(state.month)}: ${facts}. Arrow keys move from place to place.`);
}

// --- pointing at a place

function sentence(s, p) {
  const now = reading(s, p);
  const who = now.leader ? `led by ${now.leader[1]} (${now.share} % of cartel members)` : "no cartel";
  return `${s.title}: ${who}, ${count(now.rate, 1)} homicides per 100,000 a year`;
}

function point(p, side, x, y) {
  state.place = p;
  const s = chosen(side);
  const now = reading(s, p);
  const tip = $("tip");
  const lines = [el("b", {}, data.places[p].name)];
  if (now.leader) {
    const contested = now.share < 50 ? ", contested" : "";
    lines.push(el("div", {}, swatch(now.leader[2]), `${now.leader[1]}: ${now.share}\u00a0% of members${contested}`));
  } else {
    lines.push(el("div", {}, "No cartel"));
  }
  lines.push(el("div", {}, `${count(now.rate, 1)} homicides per 100,000 a year`));
  if (state.layer === "led") {
    lines.push(el("div", {}, `${data.founders[state.founder][1]} or a faction leads in ${now.led} % of replicates`));
  }
  lines.push(el("em", {}, `${s.title}, ${monthLabel(state.month)}`));
  tip.replaceChildren(...lines);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(x + 16, innerWidth - box.width - 8))}px`;
  tip.style.top = `${y + 20 + box.height > innerHeight ? Math.max(8, y - box.height - 14) : y + 20}px`;
  readOut();
  maps.forEach((map) => map.outline.setAttribute("d", data.places[p].path));
}

function unpoint() {
  state.place = -1;
  $("tip").hidden = true;
  maps.forEach((map) => map.outline.setAttribute("d", ""));
}

function readOut() {
  if (state.place < 0) return;
  const place = data.places[state.place].name;
  $("readout").textContent = `${place}, ${monthLabel(state.month)}. ${sentence(chosen(0), state.place)}. ${sentence(chosen(1), state.place)}.`;
}

function walk(event, map) {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  if (event.key === "Escape") unpoint();
  if (!(event.key in steps)) return;
  event.preventDefault();
  const p = state.place < 0 ? 0 : (state.place + steps[event.key] + P) % P;
  const box = map.fills[p].getBoundingClientRect();
  point(p, map.side, box.x + box.width / 2, box.y + box.height / 2);
}

// --- legend

function ledCounts() {
  // Places led by each cartel of either map: key -> name, colour, counts.
  const found = new Map();
  [0, 1].forEach((side) => {
    const s = chosen(side);
    for (let m = 0; m < M; m += 1) {
      for (let p = 0; p < P; p += 1) {
        const row = s.primary[m * P + p];
        if (row === NOBODY) continue;
        const [key, name, colour] = s.cast[row];
        if (!found.has(key)) found.set(key, { name, colour, counts: [0, 0], ever: 0 });
        found.get(key).ever += 1;
        if (m === state.month) found.get(key).counts[side] += 1;
      }
    }
  });
  return [...found.values()].sort((a, b) => b.ever - a.ever);
}

function scale(steps, colours, last) {
  const root = el("span", { class: "scale" });
  steps.forEach((value, i) => {
    const label = i + 1 < steps.length ? `${value}–${steps[i + 1]}` : `${value}${last}`;
    root.append(el("span", {}, swatch(colours[i]), label));
  });
  return root;
}

function drawLegend() {
  const root = $("legend");
  root.replaceChildren();
  if (state.layer === "rate") {
    root.append(el("span", {}, "Homicides per 100,000 inhabitants a year, last 12 months"), scale(RATE_STEPS, RATE_COLOURS, " +"));
  } else if (state.layer === "led") {
    const name = data.founders[state.founder][1];
    root.append(el("span", {}, `Share of ${data.replicates} replicates, in %, in which ${name} or a faction of it leads`), scale(LED_STEPS, LED_STEPS.map(ledColour), "–100"));
  } else {
    root.append(el("span", {}, `Number of ${data.places_are} led, left | right:`));
    for (const row of ledCounts()) {
      const idle = row.counts[0] + row.counts[1] === 0 ? " idle" : "";
      root.append(el("span", { class: `item${idle}` }, swatch(row.colour), row.name, el("em", {}, `${row.counts[0]} | ${row.counts[1]}`)));
    }
    const hatched = swatch("repeating-linear-gradient(45deg, #777 0 3px, #ddd 3px 5px)");
    root.append(el("span", { class: "item" }, hatched, "hatched: the leader has less than half of the members"));
    root.append(el("span", { class: "item" }, swatch(NONE), "no cartel"));
  }
}

// --- time and choices

function show() {
  $("slider").value = state.month;
  $("slider").setAttribute("aria-valuetext", monthLabel(state.month));
  $("when").textContent = monthLabel(state.month);
  maps.forEach(paint);
  drawLegend();
  readOut();
  document.querySelectorAll(".outcomes").forEach((box) => { box.hidden = Number(box.dataset.scenario) !== state.policy; });
  $("founder").hidden = state.layer !== "led";
  listeners.forEach((listener) => listener());
}

function play(on) {
  clearInterval(state.timer);
  state.timer = null;
  if (on) {
    if (state.month === M - 1) state.month = 0;
    state.timer = setInterval(() => {
      if (state.month === M - 1) { play(false); return; }
      state.month += 1;
      show();
    }, FRAME);
  }
  $("play").setAttribute("aria-label", on ? "Pause" : "Play");
  $("play").querySelector("path").setAttribute("d", on ? "M4 3h4v14H4zM12 3h4v14h-4z" : "M5 3l12 7-12 7z");
}

function buildTicks() {
  const years = data.months.map((text, m) => [text, m]).filter(([text]) => text.endsWith("-01"));
  const every = Math.ceil(years.length / (innerWidth < 760 ? 6 : 16));
  const root = $("ticks");
  root.replaceChildren();
  years.forEach(([text, m], i) => {
    if (i % every) return;
    const tick = el("span", {}, text.slice(0, 4));
    tick.style.left = `${(100 * m) / Math.max(1, M - 1)}%`;
    root.append(tick);
  });
  if (data.begins !== null) {
    const at = data.begins / Math.max(1, M - 1);
    const mark = el("span", { class: at > 0.45 ? "policy late" : "policy" }, at > 0.45 ? "the scenarios part here ▲" : "▲ the scenarios part here");
    mark.style.left = `${100 * at}%`;
    root.append(mark);
  }
}

function buildChoices() {
  scenarios.forEach((s, i) => {
    if (i === 0) return;
    const input = el("input", { type: "radio", name: "policy", value: i });
    input.checked = i === state.policy;
    input.addEventListener("change", () => { state.policy = i; show(); });
    $("policies").append(el("label", {}, input, el("span", {}, s.title)));
  });
  document.querySelectorAll("input[name=layer]").forEach((input) => {
    input.addEventListener("change", () => { state.layer = input.value; show(); });
    if (input.value === "led" && !scenarios[0].led) input.parentElement.remove();
  });
  data.founders.forEach((row, i) => $("founder").append(el("option", { value: i }, row[1])));
  $("founder").value = state.founder;
  $("founder").addEventListener("change", (event) => { state.founder = Number(event.target.value); show(); });
  document.querySelectorAll(".see").forEach((button) => {
    button.addEventListener("click", () => {
      state.policy = Number(button.dataset.scenario);
      document.querySelector(`input[name=policy][value="${state.policy}"]`).checked = true;
      show();
      $("map").scrollIntoView();
    });
  });
}

function start() {
  const kind = data.places_are;
  $("mapnote").textContent = `Maps show one replicate, number ${data.replicate} (counted from 0) of ${data.replicates}: the one nearest the median of homicides in all scenarios together. Both maps share its draws, so they are the same until the scenarios part. Each of the ${kind} has the colour of the group with most members there; a faction has a tint of the colour of the cartel it split from.`;
  $("slider").max = M - 1;
  $("slider").addEventListener("input", (event) => { play(false); state.month = Number(event.target.value); show(); });
  $("play").addEventListener("click", () => play(state.timer === null));
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, input, select, summary, a")) return;
    event.preventDefault();
    play(state.timer === null);
  });
  buildHatching();
  buildChoices();
  buildTicks();
  addEventListener("resize", buildTicks);
}

const maps = [];
