// Draws the figures a page holds as JSON, in the colours of the theme in use.
"use strict";

(() => {
  const CONFIG = { displayModeBar: false, responsive: true, locale: document.documentElement.lang };
  const NARROW = 480; // pixels, where twelve names of months would cover each other
  const MOST_NAMES = 5; // of months, there
  const WALL = 15; // pixels of type on a screen that a room reads
  const TOKEN = /^var\((--[\w-]+)\)$/;

  function coloured(value, styles) {
    if (typeof value === "string") {
      const token = value.match(TOKEN);
      return token ? styles.getPropertyValue(token[1]).trim() : value;
    }
    if (Array.isArray(value)) return value.map((item) => coloured(item, styles));
    if (value && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, coloured(item, styles)]),
      );
    }
    return value;
  }

  // Every third name of a month; words beside a point turn back past the middle.
  function fitMonths({ layout }) {
    const { ticktext, tickvals, range } = layout.xaxis || {};
    if (!ticktext || ticktext.length <= MOST_NAMES || typeof tickvals[0] !== "string") return;
    const step = Math.ceil(ticktext.length / MOST_NAMES);
    const isKept = (_name, place) => place % step === 0;
    const [first, last] = range.map(Date.parse);
    Object.assign(layout.xaxis, {
      ticktext: ticktext.filter(isKept),
      tickvals: tickvals.filter(isKept),
    });
    for (const note of layout.annotations || []) {
      if (note.yref !== "paper" || 2 * Date.parse(note.x) <= first + last) continue;
      note.xanchor = "right";
      note.text = note.text.replace(/^▼ (.*)/, "$1 ▼");
    }
  }

  function draw(place) {
    const source = document.getElementById(place.dataset.figure);
    if (!source) return;
    const figure = coloured(
      JSON.parse(source.textContent),
      getComputedStyle(document.documentElement),
    );
    if (document.body.matches(".is-meeting")) figure.layout.font.size = WALL;
    if (place.clientWidth < NARROW) fitMonths(figure);
    Plotly.react(place, figure.data, figure.layout, CONFIG);
  }

  function drawAll(root = document) {
    root.querySelectorAll("[data-figure]").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", () => drawAll());
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target.parentNode || document));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
  new MutationObserver(() => drawAll()).observe(document.documentElement, {
    attributeFilter: ["data-bs-theme"],
  });
})();
