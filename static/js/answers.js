// The reading list by keyboard: J and K move, L reads, T names themes, M thanks, C quotes, X checks,
// Enter opens. All of it has a button.
"use strict";

(() => {
  const items = () => [...document.querySelectorAll("[data-reading] > li")];
  const focused = () => document.querySelector("[data-reading] > .is-focused");
  let place = 0;

  const focus = (item) => {
    if (!item) return;
    items().forEach((other) => other.classList.toggle("is-focused", other === item));
    place = items().indexOf(item);
    item.scrollIntoView({ block: "nearest" });
  };

  const count = () => {
    const checked = document.querySelectorAll("[data-reading] [name=pk]:checked").length;
    const shown = document.querySelector("[data-checked]");
    if (shown) shown.textContent = checked ? `· ${checked}` : "";
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, a, button");
    const item = focused();
    const form = event.target.closest(".themes-form");
    if (form) {
      if (event.key === "Escape") form.querySelector("[data-close]").click();
      return;
    }
    if (!item || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (typing && (event.key === "Enter" || !event.target.closest("[data-reading]"))) return;
    if (isBusy) waiting.push(event.key);
    else if (press(item, event.key)) event.preventDefault();
  });

  // Keys that come while the list is being replaced act on the list that comes.
  let isBusy = false;
  const waiting = [];
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target.id === "answers") isBusy = true;
  });
  ["htmx:responseError", "htmx:sendError"].forEach((failure) => {
    document.addEventListener(failure, () => {
      isBusy = false;
      waiting.length = 0;
    });
  });

  const press = (item, pressed) => {
    const acts = {
      j: () => focus(item.nextElementSibling),
      k: () => focus(item.previousElementSibling),
      x: () => item.querySelector("[name=pk]").click(),
    };
    const key = pressed.length === 1 ? pressed.toLowerCase() : pressed;
    const button = item.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (acts[key]) acts[key]();
    else if (button) button.click();
    return Boolean(acts[key] || button);
  };

  // A press gives the focus before the click: moving the lines then would pull the button away.
  let isPressing = false;
  document.addEventListener("pointerdown", () => { isPressing = true; });
  ["pointerup", "pointercancel"].forEach((end) => {
    document.addEventListener(end, () => { isPressing = false; });
  });
  document.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-reading] > li");
    if (item && !isPressing) focus(item);
  });
  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-reading] > li");
    if (item) focus(item);
  });
  document.addEventListener("change", count);
  document.addEventListener("reset", () => setTimeout(count)); // after the boxes are empty

  // What was read leaves; the next one takes its place.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id.startsWith("themes-of-")) return;
    const next = items()[Math.min(place, items().length - 1)];
    focus(next);
    // The button that had the focus is gone with its answer.
    if (next && document.activeElement === document.body) next.querySelector("[name=pk]").focus();
    count();
    isBusy = false;
    while (!isBusy && waiting.length && focused()) press(focused(), waiting.shift());
  });
})();
