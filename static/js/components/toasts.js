// Toasts: short messages. They leave by themselves, so that they do not cover the page for ever.
((app) => {
  "use strict";

  const { $, cloneTemplate } = app;
  // One that is an error or has a button stays longer; the pointer or the focus on it stops its clock.
  const SHORT_STAY = 8_000;
  const LONG_STAY = 30_000;

  // Shows an error. `retry`, when given, is what the button «Повторить» calls.
  app.showToast = (text, retry) => {
    const errors = [...document.querySelectorAll(".toast-error")];
    errors.filter((toast) => $("p", toast).textContent === text).forEach((toast) => toast.remove());
    const toast = cloneTemplate("toast-template");
    $("p", toast).textContent = text;
    if (retry) {
      const button = $("[data-retry]", toast);
      button.hidden = false;
      button.addEventListener("click", () => {
        toast.remove();
        retry();
      });
    }
    // Nothing behind a modal dialog can be pressed, so the toast goes inside.
    const dialogBody = $("dialog[open] .dialog-body");
    if (dialogBody) dialogBody.prepend(toast);
    else $("#toasts").append(toast);
    return toast;
  };

  // This one stays as long as there is no connection.
  let offlineToast = null;

  const scheduleLeaving = (toast) => {
    const isLong = toast.matches(".toast-error, :has(form, a, [data-retry]:not([hidden]))");
    let timer = 0;
    const stop = () => clearTimeout(timer);
    const start = () => {
      stop();
      timer = setTimeout(() => toast.remove(), isLong ? LONG_STAY : SHORT_STAY);
    };
    ["pointerenter", "focusin"].forEach((type) => toast.addEventListener(type, stop));
    ["pointerleave", "focusout"].forEach((type) => toast.addEventListener(type, start));
    start();
  };

  const isLeaving = (el) => el.matches?.(".toast") && el !== offlineToast;

  new MutationObserver((records) => {
    records.flatMap(({ addedNodes }) => [...addedNodes]).filter(isLeaving).forEach(scheduleLeaving);
  }).observe($("#toasts"), { childList: true });
  [...$("#toasts").children].filter(isLeaving).forEach(scheduleLeaving);


  app.hideOffline = () => offlineToast?.remove();

  app.showOffline = (retry) => {
    app.hideOffline();
    offlineToast = app.showToast("Нет связи с сервером. Введенное осталось на странице.", retry);
  };

  document.addEventListener("announce", ({ detail }) => app.announce(detail.value));

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-dismiss]")) target.closest(".toast").remove();
  });
})(econtract);
