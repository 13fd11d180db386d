// Keyboard shortcuts by place on the keyboard (`event.code`), so they work in the Russian layout.
((app) => {
  "use strict";

  const { $, isEditable } = app;

  const moveFocus = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const current = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[current < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, current + step))];
    next && $("[data-row-link]", next)?.focus();
  };

  const tickRow = () => {
    const row = document.activeElement.closest("[data-row]");
    if (row) $("[type=checkbox]", row)?.click();
  };

  const ROW_KEYS = { KeyJ: () => moveFocus(1), KeyK: () => moveFocus(-1), KeyX: tickRow };

  const use = (control) =>
    isEditable(control) ? (control.focus(), control.select?.()) : control.click();

  const visibleControl = (code) =>
    [...document.querySelectorAll(`[data-key="${code}"]`)].find((el) => el.checkVisibility());

  const inFocusedForm = (code) =>
    document.activeElement.closest("form")?.querySelector(`[data-key="${code}"]`);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    // «Отменить» of a form that opened in place works from its fields too.
    const cancel = event.code === "Escape" && inFocusedForm("Escape");
    if (cancel) {
      cancel.click();
      return;
    }
    const isChord = event.ctrlKey || event.metaKey;
    if (!isChord && (document.body.dataset.keys === "off" || isEditable(document.activeElement))) return;
    if ($("dialog[open]") && !isChord) return;
    const code = isChord ? `Control+${event.code.replace("Numpad", "")}` : event.code;
    const submit = code === "Control+Enter" && inFocusedForm(code);
    const control = submit || visibleControl(code);
    const action = control ? () => use(control) : !isChord && ROW_KEYS[code];
    if (!action) return;
    event.preventDefault();
    action();
  });
})(econtract);
