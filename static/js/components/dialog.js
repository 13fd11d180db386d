// Dialogs: a link with `data-dialog` opens its page over the current one.
((app) => {
  "use strict";

  const { $, cloneTemplate } = app;

  const ensureDialog = () => {
    if ($("#dialog")) return;
    document.body.append(cloneTemplate("dialog-template"));
    $("#dialog").addEventListener("close", () => $("#dialog-body").replaceChildren());
  };

  const open = (link, event) => {
    ensureDialog();
    $("#dialog-title").textContent = link.dataset.dialog || link.textContent.trim();
    htmx
      .ajax("GET", link.href, { source: link, event, target: "#dialog-body", swap: "innerHTML" })
      .then(() => $("#dialog-body").childElementCount && !$("#dialog").open && $("#dialog").showModal());
  };

  // Plain forms of the fragment post back into the dialog.
  const enhanceForms = (root) => {
    for (const form of root.querySelectorAll("form[method=post]:not([data-hx-post])")) {
      form.setAttribute("data-hx-post", form.getAttribute("action") || $("#dialog-body").dataset.url);
      form.setAttribute("data-hx-target", "#dialog-body");
      form.setAttribute("data-hx-swap", "innerHTML");
      if (form.enctype === "multipart/form-data") form.setAttribute("data-hx-encoding", form.enctype);
      htmx.process(form);
    }
  };

  const isDialogBody = (el) => el?.id === "dialog-body";

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (isDialogBody(detail.target) && detail.verb === "get") detail.target.dataset.url = detail.path;
  });

  document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
    if (detail.xhr.status === 204 && isDialogBody(detail.target)) $("#dialog").close();
  });

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.closest("#dialog-body")) enhanceForms($("#dialog-body"));
  });

  document.addEventListener("click", (event) => {
    const { target } = event;
    const link = target.closest("a[data-dialog]");
    const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (link && !opensElsewhere) {
      event.preventDefault();
      open(link, event);
    }
    if (target.closest("[data-close]")) target.closest("dialog").close();
  });
})(econtract);
