// A second press while the first one is on its way does nothing; coming back by history resets it.
(() => {
  "use strict";

  const RESET_AFTER = 5_000;

  const reset = () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("form [aria-busy]").forEach((el) => el.removeAttribute("aria-busy"));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-hx-post")) return;
    if (event.submitter?.hasAttribute("data-download")) return; // the page stays and may be used again
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(reset, RESET_AFTER);
  });

  addEventListener("pageshow", reset);
})();
