// Shows while typing what the preview button shows when pressed: the same form, posted into a frame.
"use strict";

(() => {
  const QUIET_MS = 400; // after the last key
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  const button = form.querySelector("[data-preview-button]");
  let frame = form.querySelector("iframe[name=preview]");
  let coming = null;
  let count = 0;
  let timer;

  // A frame that already shows a page would put each preview into the history of the tab:
  // a new one loads beside it, and takes its place at the same height of scroll.
  const show = () => {
    if (coming) coming.remove();
    const next = frame.cloneNode();
    next.removeAttribute("src");
    next.name = `preview-${(count += 1)}`;
    next.classList.add("is-coming");
    frame.after(next);
    coming = next;
    next.addEventListener("load", () => {
      if (next.contentWindow.location.href === "about:blank") return;
      const top = frame.contentWindow ? frame.contentWindow.scrollY : 0;
      frame.remove();
      next.classList.remove("is-coming");
      next.contentWindow.scrollTo(0, top);
      frame = next;
      coming = null;
    });
    button.formTarget = next.name;
    form.requestSubmit(button);
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, QUIET_MS);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  button.addEventListener("click", (event) => {
    if (event.detail === 0 && !event.isTrusted) return;
    event.preventDefault();
    show();
  });
  if (form.querySelector("[role=alert]")) show();

  let isChanged = false;
  form.addEventListener("input", (event) => {
    if (!event.target.closest(".preview")) isChanged = true;
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter !== button) isChanged = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
})();
