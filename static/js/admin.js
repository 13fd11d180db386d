// The Django admin: what its fields with suggestions (select2) do not say aloud themselves.
(() => {
  "use strict";

  const labelOf = (select) =>
    select.getAttribute("aria-label") || select.labels[0]?.textContent.trim().replace(/:$/, "") || "";

  const nameFields = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = labelOf(select);
      const parts = select.nextElementSibling?.querySelectorAll("[role=combobox]:not(ul), [role=textbox], [role=searchbox]");
      parts?.forEach((part) => {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label);
      });
    }
  };

  // Its «×» stands in a list and is no item of it; every chosen one has a cross of its own.
  document.querySelectorAll("select[multiple].admin-autocomplete").forEach((select) => (select.dataset.allowClear = "false"));

  // They are made after this script, and anew in each added line.
  new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
})();
