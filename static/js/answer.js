// The answer page works without this: it keeps a draft until the answer is sent, on this device with
// every touch, on the server once somebody types.
(() => {
  const DELAY = 1500; // ms after the last key
  const forget = (name) => {
    try {
      localStorage.removeItem(`answer-${name}`);
    } catch { /* no storage, no draft */ }
  };
  const sent = document.querySelector("[data-draft-sent]");
  if (sent) forget(sent.dataset.draftSent);

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const { why, nonce } = form.elements;
  const key = `answer-${form.dataset.draft}`;
  const words = (text) => text.normalize("NFC").replace(/\s+/g, " ").trim();

  // fields: as they stood; typed: number of the page where somebody typed; tried: last texts sent.
  let draft = { fields: [], typed: "", tried: [] };
  try {
    draft = { ...draft, ...JSON.parse(localStorage.getItem(key) || "{}") };
  } catch { /* an unreadable draft is no draft */ }
  const write = () => {
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch { /* private browsing: no draft on this device */ }
  };

  const restore = () => {
    for (const field of form.elements) {
      if (!field.name || field === nonce) continue;
      const values = draft.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.name === "score" && "linked" in form.dataset) continue;
        field.checked = values.includes(field.value);
      } else if (values.length) {
        [field.value] = values;
      }
    }
    const kept = form.querySelector(".kept");
    if (kept && why.value) kept.hidden = false;
    if (!draft.typed) return;
    nonce.value = draft.typed; // it goes on here: no word has to change
    kept?.querySelector(".kept-hint").remove();
  };

  const mine = new Map(draft.fields).get("why") || "";
  const known = [words(mine), ...draft.tried, ""];
  // A page that came back with a message already holds what was typed; so does one that holds
  // what another device has sent since.
  if (draft.fields.length && !form.querySelector("[role=alert]") && known.includes(words(why.value))) restore();

  if (why.autofocus) why.setSelectionRange(why.value.length, why.value.length);

  let waiting = 0;
  const keep = () => {
    clearTimeout(waiting);
    waiting = 0;
    draft.tried = [words(why.value), ...draft.tried].slice(0, 3);
    write();
    fetch(form.dataset.keep, { method: "POST", body: new FormData(form), keepalive: true }).catch(() => {});
  };
  const touched = (event) => {
    if (event.target === why) draft.typed = nonce.value;
    draft.fields = [...new FormData(form)].filter(([name]) => name !== "nonce");
    write();
    const worthKeeping = /\p{L}/u.test(why.value) || draft.tried.length;
    if (!form.dataset.keep || !draft.typed || !worthKeeping) return;
    clearTimeout(waiting);
    waiting = setTimeout(keep, DELAY);
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => { clearTimeout(waiting); waiting = 0; });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting) keep();
  });
})();
