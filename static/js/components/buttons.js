// Buttons without a server: copy a value, print the page.
((app) => {
  "use strict";

  const { $, announce, showToast } = app;
  const ICON_SHOWN_FOR = 2_000;

  const copy = (button) =>
    navigator.clipboard.writeText(button.dataset.copy).then(
      () => {
        announce("Скопировано");
        const use = $("use", button);
        const icon = use?.getAttribute("href");
        use?.setAttribute("href", icon.replace(/#.*/, "#check"));
        setTimeout(() => use?.setAttribute("href", icon), ICON_SHOWN_FOR);
      },
      () => showToast("Не удалось скопировать: выделите текст и нажмите Ctrl+C."),
    );

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy]");
    if (button) copy(button);
    if (target.closest("[data-print]")) print();
  });
})(econtract);
