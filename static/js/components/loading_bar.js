// The loading bar appears when a request takes longer than 300 ms. Polls and drafts stay silent.
((app) => {
  "use strict";

  const { $ } = app;
  const DELAY = 300;
  let pending = 0;
  let timer = 0;

  const isSilent = (elt) => elt.closest("[data-poll], #draft-status");

  const draw = () => {
    const bar = document.createElement("div");
    bar.className = "loading-bar";
    document.body.append(bar);
  };

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (isSilent(detail.elt)) return;
    detail.elt.setAttribute("aria-busy", "true");
    if (!pending++) timer = setTimeout(draw, DELAY);
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (isSilent(detail.elt)) return;
    detail.elt.removeAttribute("aria-busy");
    pending = Math.max(0, pending - 1);
    if (pending) return;
    clearTimeout(timer);
    $(".loading-bar")?.remove();
  });
})(econtract);
