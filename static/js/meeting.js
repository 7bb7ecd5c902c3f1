// Meeting mode: arrows turn the views, escape leaves; the links do the same without script.
"use strict";

(() => {
  const KEYS = { ArrowLeft: "[rel=prev]", ArrowRight: "[rel=next]", Escape: "#leave" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, .table-scroll, .twin")) return;
    const link = KEYS[event.key] && document.querySelector(KEYS[event.key]);
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  // A view that was swapped in has its own title.
  document.addEventListener("htmx:afterSettle", () => {
    const heading = document.querySelector("h1");
    if (heading) document.title = `${heading.textContent} · Triangle`;
  });
})();
