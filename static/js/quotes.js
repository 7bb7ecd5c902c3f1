// One click copies a quote with its source; without script it is selected by hand.
"use strict";

(() => {
  const SHOWN_MS = 2000; // how long the button says that it copied

  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const words = button.querySelector("span");
    const usual = words.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      words.textContent = button.dataset.copied;
      document.getElementById("announcer").textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = usual; }, SHOWN_MS);
    });
  });
})();
