// Pictures of pages that could not be loaded: the next attempt may succeed, the server was busy.
(() => {
  "use strict";

  const DELAYS = [2000, 5000, 15000];
  const attempts = new WeakMap();

  const retry = (img) => {
    const count = attempts.get(img) ?? 0;
    if (count >= DELAYS.length) return;
    attempts.set(img, count + 1);
    const url = new URL(img.src);
    url.searchParams.set("attempt", String(count + 1));
    setTimeout(() => {
      if (img.isConnected) img.src = url.href;
    }, DELAYS[count]);
  };

  // Errors of pictures do not bubble.
  document.addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLImageElement && target.closest(".page-previews")) retry(target);
    },
    true,
  );
  for (const img of document.querySelectorAll(".page-previews img")) {
    if (img.complete && !img.naturalWidth && img.loading !== "lazy") retry(img);
  }
})();
