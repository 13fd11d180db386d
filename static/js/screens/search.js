// Search: arrows move through the palette; a number pasted outside of a field is looked up.
((app) => {
  "use strict";

  const { $, isEditable } = app;

  // ИНН, ОГРН, account, phone, barcode of АПД; «ИД документа» of РИО.
  const NUMBER = /^(\d{10,15}|RIO-[\w-]{1,60})$/;

  document.addEventListener("keydown", (event) => {
    const palette = event.target.closest?.("[data-palette]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!palette || !step) return;
    const stops = [$("input", palette), ...palette.querySelectorAll("a")];
    event.preventDefault();
    stops[Math.max(0, stops.indexOf(event.target) + step)]?.focus();
  });

  document.addEventListener("paste", (event) => {
    const form = $("form[role=search]");
    if (!form || isEditable(event.target) || isEditable(document.activeElement)) return;
    const text = event.clipboardData.getData("text").trim();
    const digits = text.replace(/[\s-]/g, "");
    const number = [digits, text].find((each) => NUMBER.test(each));
    if (!number) return;
    form.elements.q.value = number;
    form.requestSubmit();
  });
})(econtract);
