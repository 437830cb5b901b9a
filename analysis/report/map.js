"use strict";
/* The map of the report and of the dashboard: places as SVG, coloured by value, with a legend, a
   tooltip, the keyboard and a player through time. No dependency and no build step: include this
   file once, as it is, and use the global `PlazasMap`.

   A drawing is what `plazas.analysis.report.geometry.for_page` returns, an object with
     width, height    size of the drawing
     paths            the SVG path of every place
     labels           [x, y] inside every place
     room             width that every place leaves for its label
     names, short     full name, and the short name that stands on the map
     codes            code of every place (attribute `data-place`)
     tiles            true where every place is a square, without a label

   const map = PlazasMap.draw(parent, drawing, { onPoint, onLeave, onPick });
     onPoint(p, x, y)   place p has the pointer or the keyboard, at (x, y) of the window
     onLeave()          no place has it
     onPick(p)          place p is clicked, or chosen with Enter or Space; without onPick, Space
                        stays free for the page
   map.svg                                the SVG element; it takes the focus
   map.paint({ fills, hatched, label })   a colour for every place, which of them are hatched (true
                                          or false for every place), and the label for screen readers
   map.point(p), map.choose(p)            outline a place; -1 for none
   map.remove()                           take the map off the page and stop watching its size

   const tip = PlazasMap.tip(element);    a tooltip in an element of the page with `position: fixed`
   tip.show(x, y, ...nodes), tip.hide()

   PlazasMap.legend(element, { title, scale, items, hatched, none })
     scale     [[colour, label], ...] steps of a value
     items     [[colour, name, number, idle], ...] things with a colour of their own
     hatched   what hatching means; none: [colour, label] of a place with nothing

   const player = PlazasMap.player({ last, delay, onFrame, onPlay });
   player.frame, player.playing, player.go(frame), player.play(on)

   PlazasMap.step(value, steps)           the number of the last step that the value reaches
   PlazasMap.mix(from, to, amount)        a colour between two, amount 0 to 1
   PlazasMap.html(name, attributes, ...children), PlazasMap.svg(...), PlazasMap.swatch(colour)
   PlazasMap.ICONS.play, .pause           paths in a box of 20 by 20 */
globalThis.PlazasMap = (() => {
  const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const ICONS = { play: "M5 3l12 7-12 7z", pause: "M4 3h4v14H4zM12 3h4v14h-4z" };
  const LETTER = 10.5; // height of a label, in pixels of the screen
  const LETTER_WIDTH = 0.64; // of a letter, as a share of its height
  const OVERHANG = 1.4; // how many times as wide as its place a label may be
  const PEN = { "stroke-linejoin": "round", fill: "none", "pointer-events": "none" };
  let maps = 0; // on this page so far: their patterns need ids of their own

  function svgNamespace() {
    const holder = document.createElement("template");
    holder.innerHTML = "<svg></svg>";
    return holder.content.firstChild.namespaceURI;
  }

  function filled(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function html(name, attributes, ...children) {
    return filled(document.createElement(name), attributes, children);
  }

  function svg(name, attributes, ...children) {
    return filled(document.createElementNS(svgNamespace(), name), attributes, children);
  }

  function swatch(background) {
    const box = html("i", { "aria-hidden": "true" });
    box.style.background = background;
    return box;
  }

  // --- colours

  function step(value, steps) {
    let i = 0;
    while (i + 1 < steps.length && value >= steps[i + 1]) i += 1;
    return i;
  }

  function mix(from, to, amount) {
    const part = (colour, i) => parseInt(colour.slice(i, i + 2), 16);
    const parts = [1, 3, 5].map((i) => Math.round(part(from, i) + (part(to, i) - part(from, i)) * amount));
    return `rgb(${parts.join(",")})`;
  }

  // --- the map

  function hatching(id) {
    const bar = svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, stroke: "#fff", "stroke-width": 5, "stroke-opacity": 0.75 });
    const pattern = { id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
    return svg("defs", {}, svg("pattern", pattern, bar));
  }

  // Places that bear a label of this size: the widest first, while none overlaps another.
  function labelled(drawing, size) {
    const { labels, room, short } = drawing;
    if (drawing.tiles) return [];
    const width = (p) => LETTER_WIDTH * size * short[p].length;
    const overlap = (p, q) => Math.abs(labels[p][1] - labels[q][1]) < 0.9 * size
      && Math.abs(labels[p][0] - labels[q][0]) < (width(p) + width(q)) / 2;
    const placed = [];
    const order = room.map((_, p) => p).sort((p, q) => room[q] - room[p]);
    for (const p of order) {
      if (width(p) < OVERHANG * room[p] && !placed.some((q) => overlap(p, q))) placed.push(p);
    }
    return placed;
  }

  function drawLabels(group, drawing, scale) {
    const size = LETTER / scale;
    const pen = { "font-size": size, "stroke-width": size / 3.4 };
    group.replaceChildren(...labelled(drawing, size).map((p) => {
      const [x, y] = drawing.labels[p];
      return svg("text", { x, y: y + size / 3, ...pen }, drawing.short[p]);
    }));
  }

  // Where a place's label is in the window.
  function positionOf(root, drawing, p) {
    const [x, y] = drawing.labels[p];
    return new DOMPoint(x, y).matrixTransform(root.getScreenCTM());
  }

  function draw(parent, drawing, { onPoint, onLeave, onPick } = {}) {
    maps += 1;
    const pattern = `pz-hatching-${maps}`;
    const paths = drawing.paths.map((d, p) => {
      const node = svg("path", { d, "data-p": p });
      if (drawing.codes) node.setAttribute("data-place", drawing.codes[p]);
      return node;
    });
    const outlines = { stroke: "#fff", "stroke-width": drawing.tiles ? 0.3 : 0.9, "stroke-linejoin": "round" };
    const places = svg("g", { class: "pz-places", ...outlines }, ...paths);
    const hatches = svg("g", { class: "pz-hatched", "pointer-events": "none", fill: `url(#${pattern})` });
    const chosen = svg("path", { class: "pz-chosen", ...PEN, stroke: "#1d1c1a", "stroke-width": 3 });
    const pointed = svg("path", { class: "pz-pointed", ...PEN, stroke: "#1d1c1a", "stroke-width": 2 });
    const labels = svg("g", {
      class: "pz-labels", "pointer-events": "none", "text-anchor": "middle", "font-weight": 600, fill: "#1d1c1a",
      stroke: "#fff", "stroke-opacity": 0.8, "stroke-linejoin": "round", "paint-order": "stroke", "aria-hidden": "true",
    });
    const root = svg("svg", {
      class: "pz-map", viewBox: `0 0 ${drawing.width} ${drawing.height}`, preserveAspectRatio: "xMidYMin meet",
      tabindex: 0, role: "application",
    }, hatching(pattern), places, hatches, chosen, pointed, labels);
    const shown = { fills: [], hatches: new Map(), point: -1 };

    function paint({ fills, hatched, label }) {
      paths.forEach((node, p) => {
        if (shown.fills[p] !== fills[p]) node.setAttribute("fill", fills[p]);
        const on = Boolean(hatched && hatched[p]);
        if (on && !shown.hatches.has(p)) {
          const hatch = svg("path", { d: drawing.paths[p], "data-hatched": p });
          hatches.append(hatch);
          shown.hatches.set(p, hatch);
        } else if (!on && shown.hatches.has(p)) {
          shown.hatches.get(p).remove();
          shown.hatches.delete(p);
        }
      });
      shown.fills = [...fills];
      if (label) root.setAttribute("aria-label", label);
    }

    const outline = (node, p) => node.setAttribute("d", p < 0 ? "" : drawing.paths[p]);

    function point(p) {
      shown.point = p;
      outline(pointed, p);
    }

    function leave() {
      point(-1);
      if (onLeave) onLeave();
    }

    function reach(p, x, y) {
      point(p);
      if (onPoint) onPoint(p, x, y);
    }

    const placeOf = (event) => Number(event.target.dataset.p ?? -1);

    function byPointer(event) {
      const p = placeOf(event);
      if (p < 0) leave();
      else reach(p, event.clientX, event.clientY);
    }

    function byKey(event) {
      const many = paths.length;
      const go = ARROWS[event.key];
      let next = -1;
      if (go) next = shown.point < 0 ? (go > 0 ? 0 : many - 1) : (shown.point + go + many) % many;
      else if (event.key === "Home") next = 0;
      else if (event.key === "End") next = many - 1;
      if (next >= 0) {
        event.preventDefault();
        const at = positionOf(root, drawing, next);
        reach(next, at.x, at.y);
      } else if (onPick && shown.point >= 0 && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        onPick(shown.point);
      } else if (event.key === "Escape") {
        leave();
      }
    }

    root.addEventListener("pointermove", byPointer);
    root.addEventListener("pointerdown", byPointer);
    root.addEventListener("pointerleave", leave);
    root.addEventListener("blur", leave);
    root.addEventListener("keydown", byKey);
    if (onPick) root.addEventListener("click", (event) => { if (placeOf(event) >= 0) onPick(placeOf(event)); });
    parent.append(root);

    const watcher = new ResizeObserver(() => {
      const scale = Math.min(root.clientWidth / drawing.width, root.clientHeight / drawing.height);
      if (scale > 0) drawLabels(labels, drawing, scale);
    });
    watcher.observe(root);

    return {
      svg: root,
      paint,
      point,
      choose: (p) => outline(chosen, p),
      remove() { watcher.disconnect(); root.remove(); },
    };
  }

  // --- tooltip

  function tip(element) {
    const edge = 8; // pixels kept free at the edges of the window
    return {
      show(x, y, ...nodes) {
        element.replaceChildren(...nodes);
        element.hidden = false;
        const box = element.getBoundingClientRect();
        const above = y + 20 + box.height > innerHeight;
        element.style.left = `${Math.max(edge, Math.min(x + 16, innerWidth - box.width - edge))}px`;
        element.style.top = `${above ? Math.max(edge, y - box.height - 14) : y + 20}px`;
      },
      hide() { element.hidden = true; },
    };
  }

  // --- legend

  function legend(element, { title, scale = [], items = [], hatched, none }) {
    element.replaceChildren(html("span", { class: "pz-legend-title" }, title));
    if (scale.length) {
      const steps = scale.map(([colour, label]) => html("span", { class: "pz-step" }, swatch(colour), label));
      element.append(html("span", { class: "pz-scale" }, ...steps));
    }
    for (const [colour, name, number, idle] of items) {
      const kind = idle ? "pz-item pz-idle" : "pz-item";
      element.append(html("span", { class: kind }, swatch(colour), `${name} `, html("em", {}, `${number}`)));
    }
    if (hatched) element.append(html("span", { class: "pz-item" }, html("i", { class: "pz-hatching", "aria-hidden": "true" }), hatched));
    if (none) element.append(html("span", { class: "pz-item" }, swatch(none[0]), none[1]));
  }

  // --- time

  function player({ last, delay, onFrame, onPlay }) {
    let timer = null;
    const self = {
      frame: 0,
      get playing() { return timer !== null; },
      go(frame) {
        self.frame = Math.max(0, Math.min(last, frame));
        onFrame(self.frame);
      },
      play(on) {
        clearInterval(timer);
        timer = null;
        if (on) {
          if (self.frame === last) self.go(0);
          timer = setInterval(() => {
            if (self.frame === last) self.play(false);
            else self.go(self.frame + 1);
          }, delay);
        }
        if (onPlay) onPlay(on);
      },
    };
    return self;
  }

  return { ICONS, draw, tip, legend, player, step, mix, html, svg, swatch };
})();
