// Small services for fields: digits only, a field's own button, and where the focus goes.
((app) => {
  "use strict";

  const { $ } = app;

  // Captured, so that the draft and htmx see the value when it is right already.
  document.addEventListener("input", ({ target }) => {
    if (!target.dataset?.digits) return;
    const digits = target.value.replace(/\D/g, "").slice(0, Number(target.dataset.digits));
    if (digits !== target.value) target.value = digits;
  }, true);

  // Enter in a field that has a button of its own presses that button.
  document.addEventListener("keydown", (event) => {
    const button = event.target.dataset?.enter;
    if (!button || event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
    event.preventDefault();
    $(button)?.click();
  });

  // The button of a field of digits looks active when the last digit is there and the server has
  // no objection; until then it only says what is missing. What the server has not seen yet is
  // judged by its length alone.
  const updateButtons = ({ target }) => {
    for (const field of document.querySelectorAll("[data-digits][data-enter]")) {
      const isRefused = field !== target && field.getAttribute("aria-invalid") === "true";
      const button = $(field.dataset.enter);
      const isOff = isRefused || field.value.length < Number(field.dataset.digits);
      button?.setAttribute("aria-disabled", isOff);
    }
  };
  document.addEventListener("input", updateButtons);
  document.addEventListener("htmx:afterSwap", updateButtons);
  updateButtons(document);

  // The server names the field to focus after a swap; with `lost` only when nothing has the focus.
  document.addEventListener("focus-field", ({ detail: { value, lost } }) => {
    if (!lost || document.activeElement === document.body) $(value)?.focus();
  });

  // Morphing may move the focused element, which takes the focus from it.
  let focusedId = "";
  document.addEventListener("htmx:beforeSwap", () => (focusedId = document.activeElement?.id));
  document.addEventListener("htmx:afterSwap", () => {
    if (focusedId && document.activeElement === document.body)
      document.getElementById(focusedId)?.focus({ preventScroll: true });
  });
})(econtract);
