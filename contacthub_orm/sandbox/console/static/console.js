// Niceties only: every page works without this file.
(() => {
  "use strict";

  const copy = async (button) => {
    const text = document.getElementById(button.dataset.copy).textContent;
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl-C";
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  };

  document.documentElement.classList.add("js");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    const kind = event.target.closest("[data-kinds]");
    if (kind) showFieldsOf(kind);
  });

  // A fault has fields of its own: those of other kinds are hidden.
  const showFieldsOf = (select) => {
    for (const field of select.form.querySelectorAll("[data-of]")) {
      field.hidden = !field.dataset.of.split(" ").includes(select.value);
    }
  };
  for (const select of document.querySelectorAll("[data-kinds]")) showFieldsOf(select);
})();
