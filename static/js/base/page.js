// The scripts' only global name, `econtract`: helpers that the other files use, to which they add
// what they offer to each other. Every file is a function of it and works on attributes of the page;
// docs/ui.md lists them. The pages work without any script.
window.econtract = (() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);

  return {
    $,
    isEditable: (el) => el?.matches?.("input, textarea, select, [contenteditable]"),
    // The first element of a <template> of components/script_templates.html.
    cloneTemplate: (id) => document.importNode($(`#${id}`).content.firstElementChild, true),
    // Says a change aloud that is not shown. The pause makes screen readers notice a repetition.
    announce: (text) => {
      $("#announce").textContent = "";
      setTimeout(() => ($("#announce").textContent = text), 50);
    },
  };
})();
