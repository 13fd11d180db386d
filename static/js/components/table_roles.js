// Tables shown as cards on a phone: some browsers drop a table's roles with `display: block`.
(() => {
  "use strict";

  const ROLES = {
    table: "table",
    "thead, tbody": "rowgroup",
    tr: "row",
    td: "cell",
    "thead th": "columnheader",
    "tbody th": "rowheader",
  };
  const narrow = matchMedia("(max-width: 640px)");

  const restoreRoles = () => {
    if (!narrow.matches) return;
    for (const [selector, role] of Object.entries(ROLES))
      document
        .querySelectorAll(`.table-cards:is(${selector}), .table-cards :is(${selector})`)
        .forEach((el) => el.setAttribute("role", role));
  };

  restoreRoles();
  narrow.addEventListener("change", restoreRoles);
  document.addEventListener("htmx:afterSettle", restoreRoles);
})();
