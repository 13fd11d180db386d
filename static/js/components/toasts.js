// Toasts: short messages that stay until they are dismissed.
((app) => {
  "use strict";

  const { $, cloneTemplate } = app;

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

  let offlineToast = null;

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
