// Ticked rows of a list. The boxes stand in the rows and belong to the form of the bulk bar by
// their attribute `form`.
((app) => {
  "use strict";

  const { $ } = app;

  const rowBoxes = (form) =>
    [...form.elements].filter((box) => box.type === "checkbox" && box.closest("[data-row]"));

  const showCount = (form) => {
    const count = $("[data-bulk-count]", form);
    if (count) count.textContent = rowBoxes(form).filter((box) => box.checked).length;
  };

  const showCounts = () => document.querySelectorAll("form[data-bulk]").forEach(showCount);

  document.addEventListener("change", ({ target }) => {
    const { form } = target;
    if (!form?.matches("[data-bulk]")) return;
    if (target.matches("[data-check-all]")) rowBoxes(form).forEach((box) => (box.checked = target.checked));
    showCount(form);
  });

  showCounts();
  addEventListener("pageshow", showCounts);
  document.addEventListener("htmx:afterSettle", showCounts);
})(econtract);
