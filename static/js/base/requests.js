// Requests of htmx: their headers, their failures, and redirects that must not be swapped in.
((app) => {
  "use strict";

  const { $, isIdle, pagePath, showSessionEnd, showToast, showOffline, hideOffline } = app;
  const ERRORS = {
    403: "Недостаточно прав на это действие.",
    404: "Не найдено: возможно, доступ к заданию закрыт.",
    413: "Файл слишком большой.",
    429: "Слишком много попыток. Повторите позже.",
    503: "Сервис временно недоступен. Повторите через несколько минут.",
  };

  const pathOf = (url) => new URL(url, location).pathname;

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (isIdle()) detail.headers["X-Idle"] = "1";
    if (detail.verb === "get") return;
    detail.headers["X-CSRFToken"] = $("meta[name=csrf-token]").content;
    detail.headers["X-Page-Owner"] = $("meta[name=page-owner]").content;
    detail.headers["X-Page"] = pagePath();
  });

  // A redirect leaves an open dialog.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, target } = event.detail;
    const finalPath = xhr.responseURL && pathOf(xhr.responseURL);
    if (!finalPath || finalPath === pathOf(requestConfig.path)) return;
    if (target.id === "dialog-body") {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL);
    }
  });

  document.addEventListener("htmx:afterOnLoad", hideOffline);

  document.addEventListener("htmx:responseError", ({ detail }) => {
    const { status } = detail.xhr;
    const reason = detail.xhr.getResponseHeader("X-Session");
    const message = detail.xhr.getResponseHeader("X-Message");
    if (reason) showSessionEnd(reason);
    else if (message) showToast(decodeURIComponent(message));
    else showToast(ERRORS[status] || "Действие не выполнено. Обновите страницу и повторите.");
  });

  document.addEventListener("htmx:sendError", ({ detail }) => {
    const { elt, triggeringEvent } = detail.requestConfig;
    showOffline(() => htmx.trigger(elt, triggeringEvent?.type || "retry"));
  });

  // A fragment's <noscript> is parsed as live elements: its buttons must not become defaults.
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    elt.querySelectorAll("noscript").forEach((plain) => plain.remove());
  });

  // Morphing keeps what a person has typed and which <details> they have opened.
  Idiomorph.defaults.ignoreActiveValue = true;
  // What is known of a client also fills the empty field that has the cursor.
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (oldNode, newNode) => {
    const isEmptyField = oldNode === document.activeElement && oldNode.value === "";
    if (isEmptyField && oldNode.matches("input") && newNode.value) {
      oldNode.value = newNode.value;
      oldNode.select();
    }
  };
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node.matches("details, dialog"));
})(econtract);
