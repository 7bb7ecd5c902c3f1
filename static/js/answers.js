// The reading list by keyboard: J and K move, L reads, X checks, Enter opens. All of it has a button.
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
    if (!item || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (typing && (event.key === "Enter" || !event.target.closest("[data-reading]"))) return;
    const acts = {
      j: () => focus(item.nextElementSibling),
      k: () => focus(item.previousElementSibling),
      x: () => item.querySelector("[name=pk]").click(),
    };
    const act = acts[event.key.toLowerCase()];
    const button = item.querySelector(`[data-key="${event.key.length === 1 ? event.key.toLowerCase() : event.key}"]`);
    if (!act && !button) return;
    event.preventDefault();
    if (act) act();
    else button.click();
  });

  document.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-reading] > li");
    if (item) focus(item);
  });
  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-reading] > li");
    if (item) focus(item);
  });
  document.addEventListener("change", count);

  // What was read leaves; the next one takes its place.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "answers" && !document.querySelector("[data-reading]")) return;
    const next = items()[Math.min(place, items().length - 1)];
    focus(next);
    // The button that had the focus is gone with its answer.
    if (next && document.activeElement === document.body) next.querySelector("[name=pk]").focus();
    count();
  });
})();
