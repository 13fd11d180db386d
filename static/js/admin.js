// The Django admin: accessible names for its autocomplete fields (select2), which lack them.
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

  // Its «×» stands in a list without being an item; every selected item has a «×» of its own.
  document.querySelectorAll("select[multiple].admin-autocomplete").forEach((select) => (select.dataset.allowClear = "false"));

  // select2 builds the fields after this script has run, and again in each added row.
  new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
})();
