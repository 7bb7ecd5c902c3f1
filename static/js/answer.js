// The answer page works without this: it only keeps a draft on this device until the answer is sent.
(() => {
  const sent = document.querySelector("[data-draft-sent]");
  if (sent) {
    try {
      localStorage.removeItem(`answer-${sent.dataset.draftSent}`);
    } catch { /* no storage, no draft */ }
  }
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const key = `answer-${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((field) => field.name && field.type !== "hidden");

  const save = () => {
    const data = new FormData(form);
    data.delete("nonce");
    try {
      localStorage.setItem(key, JSON.stringify([...data]));
    } catch { /* private browsing: no draft */ }
  };

  const restore = (draft) => {
    const scoreCame = form.querySelector("[name=score]:checked");
    for (const field of fields()) {
      const values = draft.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.name === "score" && scoreCame) continue;
        field.checked = values.includes(field.value);
      } else if (values.length && !field.value) {
        field.value = values[0];
      }
    }
  };

  try {
    const draft = JSON.parse(localStorage.getItem(key) || "null");
    // A page that came back with a message already holds what was typed.
    if (draft && !form.querySelector("[role=alert]")) restore(draft);
  } catch { /* an unreadable draft is no draft */ }
  form.addEventListener("input", save);
  form.addEventListener("change", save);
})();
