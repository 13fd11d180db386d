// The end of the session: a dialog keeps what was typed, then leads to the sign-in page or to a
// fresh page, where it is back (accounts/session_end/).
((app) => {
  "use strict";

  const { $, cloneTemplate } = app;
  const OWNER = "page_owner";

  // The path of the page with the form that is being used: an open dialog has its own.
  app.pagePath = () => {
    const dialogPage = $("dialog[open] #dialog-body")?.dataset.url;
    return dialogPage || location.pathname + location.search;
  };

  const isSelectChanged = ({ options, multiple, selectedIndex }) => {
    const hasDefault = [...options].some((option) => option.defaultSelected);
    if (!multiple && !hasDefault) return selectedIndex > 0;
    return [...options].some((option) => option.selected !== option.defaultSelected);
  };

  const isChanged = (el) => {
    if (el.options) return isSelectChanged(el);
    if (["hidden", "file", "password"].includes(el.type)) return false;
    if (["checkbox", "radio"].includes(el.type)) return el.checked !== el.defaultChecked;
    return "defaultValue" in el && el.value !== el.defaultValue;
  };

  const holdsInput = (form) =>
    form.method === "post" && form.elements[OWNER] && (form.dataset.draft || [...form.elements].some(isChanged));

  const keepForm = async (form, url) => {
    const action = form.getAttribute("data-hx-post") || form.getAttribute("action") || app.pagePath();
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const response = await fetch(url, {
      method: "POST",
      headers: { "X-Form-Action": new URL(action, location).pathname },
      body: new URLSearchParams(fields),
    });
    if (!response.ok) throw new Error(String(response.status));
  };

  // One after another: each answer may bring a new session cookie.
  const keepForms = async (url) => {
    for (const form of [...document.forms].filter(holdsInput)) await keepForm(form, url);
  };

  // Closed, it comes back with the next refused request.
  app.showSessionEnd = (reason) => {
    if ($("dialog[data-session]")) return;
    const page = app.pagePath();
    const dialog = cloneTemplate(`session-${reason}-template`);
    const { session, keep } = dialog.dataset;
    const link = $("[data-proceed]", dialog);
    if (session === "ended") link.search = new URLSearchParams({ next: page });
    else if (session !== "foreign") link.href = page;
    dialog.addEventListener("close", () => dialog.remove());
    link.addEventListener("click", (event) => {
      if (session !== "ended" && session !== "renewed") return;
      event.preventDefault();
      keepForms(keep).then(
        () => location.assign(link.href),
        () => ($("[role=alert]", dialog).hidden = false),
      );
    });
    document.body.append(dialog);
    dialog.showModal();
  };
})(econtract);
