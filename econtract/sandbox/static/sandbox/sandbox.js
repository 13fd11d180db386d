// Progressive enhancement: the pages work without this file.
(() => {
  "use strict";
  const REFRESH_MS = 5000;

  // Replace each [data-refresh] part that has changed, unless it has the focus.
  async function refresh() {
    const parts = [...document.querySelectorAll("[data-refresh]")];
    if (document.hidden || !parts.length) return;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of parts) {
      const update = page.getElementById(part.id);
      if (!update || part.contains(document.activeElement)) continue;
      if (update.innerHTML !== part.dataset.lastHtml) {
        part.dataset.lastHtml = update.innerHTML;
        part.replaceChildren(...update.childNodes);
        showCopyButtons(part);
      }
    }
  }

  function showCopyButtons(root) {
    for (const button of root.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Скопировано";
  });
  showCopyButtons(document);
  setInterval(() => refresh().catch(() => {}), REFRESH_MS);
})();
