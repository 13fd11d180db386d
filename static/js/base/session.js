// The end of the session: a dialog that leads to the sign-in page and back.
((app) => {
  "use strict";

  const { $, cloneTemplate } = app;

  app.loginPath = () => {
    const link = $("[data-login]", $("#session-template").content);
    return new URL(link.getAttribute("href"), location).pathname;
  };

  app.showSessionEnd = () => {
    if ($("dialog[data-session]")) return;
    const dialog = cloneTemplate("session-template");
    dialog.dataset.session = "";
    const link = $("[data-login]", dialog);
    link.search = new URLSearchParams({ next: location.pathname + location.search });
    document.body.append(dialog);
    dialog.showModal();
  };
})(econtract);
