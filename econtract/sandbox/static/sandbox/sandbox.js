// Optional comforts: the pages work without this file.
(() => {
  "use strict";
  const PERIOD = 5000;

  // Replace what changed in [data-refresh] parts, unless somebody is using one.
  async function refresh() {
    const parts = [...document.querySelectorAll("[data-refresh]")];
    if (document.hidden || !parts.length) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) {
      const news = fresh.getElementById(part.id);
      if (news && !part.contains(document.activeElement) && news.innerHTML !== part.dataset.seen) {
        part.dataset.seen = news.innerHTML;
        part.replaceChildren(...news.childNodes);
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
  setInterval(() => refresh().catch(() => {}), PERIOD);
})();
