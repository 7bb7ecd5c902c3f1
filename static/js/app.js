// What the frame adds when scripts run; every page works without it.
"use strict";

(() => {
  const TOAST_MS = 10000; // as long as an act can be undone
  const WAITING_MS = 300; // quicker than this, nothing fades
  const CLOSED_BY_ESCAPE = ["menu", "account", "pop", "filter-add"]
    .map((name) => `details.${name}[open]`)
    .join(", ");

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.getElementById("search");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.key === "Escape") {
      const inner = event.target.closest("details.pick[open]");
      const open = inner ? [inner] : document.querySelectorAll(CLOSED_BY_ESCAPE);
      open.forEach((menu) => {
        menu.open = false;
        if (menu.contains(event.target)) menu.querySelector("summary").focus();
      });
    }
  });

  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest(closer.dataset.close).remove();
    document.querySelectorAll("details.menu[open], details.pick[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // A long list is searched in by its first letters or any others, without accents.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  document.addEventListener("toggle", (event) => {
    const search = event.target.open && event.target.querySelector("[data-narrows]");
    if (!search) return;
    search.hidden = false;
    search.focus();
  }, true);
  document.addEventListener("input", (event) => {
    const search = event.target.closest("[data-narrows]");
    if (!search) return;
    const words = plain(search.value).split(" ").filter(Boolean);
    search.parentNode.querySelectorAll("li").forEach((line) => {
      const text = plain(line.textContent);
      line.hidden = !words.every((word) => text.includes(word));
    });
  });
  document.addEventListener("keydown", (event) => {
    const search = event.target.closest("[data-narrows]");
    if (!search || event.key !== "Enter") return;
    event.preventDefault();
    const first = search.parentNode.querySelector("li:not([hidden]) input");
    if (first) first.focus();
  });

  // A tick shows in the closed list before the form is applied.
  document.addEventListener("change", (event) => {
    const pick = event.target.closest("details.pick");
    if (!pick) return;
    const chosen = pick.querySelector(".pick-chosen");
    const names = [...pick.querySelectorAll(":checked")].map((box) => box.closest("label").textContent.trim());
    chosen.textContent = names.join(", ") || chosen.dataset.none;
  });

  // A toast leaves by itself unless somebody is reading or using it.
  const leave = (toast) => {
    setTimeout(() => {
      if (toast.matches(":hover, :focus-within")) leave(toast);
      else toast.remove();
    }, TOAST_MS);
  };
  const watchToasts = () => {
    document.querySelectorAll(".toast:not([data-timed])").forEach((toast) => {
      toast.dataset.timed = "";
      if (!toast.matches(".toast-error, .toast-warning")) leave(toast);
    });
  };
  watchToasts();

  // Forms that apply themselves when a choice changes; the button stays for those without script.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  const waiting = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    target.setAttribute("aria-busy", "true");
    waiting.set(target, setTimeout(() => target.classList.add("is-waiting"), WAITING_MS));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const target = event.detail.target;
    clearTimeout(waiting.get(target));
    target.classList.remove("is-waiting");
    target.removeAttribute("aria-busy");
    // What was undone is not undone twice.
    const toast = event.detail.elt.closest(".toast");
    if (toast && event.detail.successful) toast.remove();
  });
  document.addEventListener("htmx:afterSettle", watchToasts);
  // Who applied a filter or removed a chip goes on from the filter bar, not from the top of the page.
  document.addEventListener("htmx:afterSettle", (event) => {
    const summary = event.target.querySelector && event.target.querySelector("#add-filter");
    if (summary && document.activeElement === document.body) summary.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:oobAfterSwap", watchToasts);

  // A view says what changed with trigger_client_event(response, "announce", {"value": "…"}).
  document.addEventListener("announce", (event) => {
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = event.detail.value;
  });

  // When a swap fails, the address still works: go there the plain way or say so.
  const failed = (event) => {
    const toasts = document.getElementById("toasts");
    if (!toasts) return;
    const toast = document.createElement("div");
    toast.className = "toast toast-error";
    toast.textContent = toasts.dataset.failed;
    toasts.append(toast);
    leave(toast);
    toast.dataset.timed = "";
    if (event.detail.xhr && event.detail.xhr.status === 403) location.reload();
  };
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
})();
