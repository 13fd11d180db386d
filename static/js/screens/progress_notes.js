// Who is being waited for: `<p data-progress-for="names" hidden>` appears when the answer to a change
// of one of these fields, or to one of these buttons (by id), takes longer than a moment.
((app) => {
  "use strict";

  const { announce } = app;
  const DELAY = 700;
  let changed = new Set();

  const noteChange = ({ target }) => target.closest?.("form[data-draft]") && changed.add(target.name);

  document.addEventListener("input", noteChange);
  document.addEventListener("change", noteChange);

  document.addEventListener("submit", ({ target, submitter }) => {
    if (!target.matches("form[data-draft]") || submitter?.hasAttribute("formaction")) return;
    setTimeout(() => {
      const text = "Создаем задание: сверяем данные с CDI…";
      document.getElementById("draft-status").textContent = text;
      announce(text);
    }, DELAY);
  });

  document.addEventListener("htmx:beforeSend", ({ detail: { elt, requestConfig, xhr } }) => {
    if (requestConfig.verb === "get") return;
    const sources = changed.add(elt.id);
    changed = new Set();
    const findNotes = () => [...document.querySelectorAll("[data-progress-for]")].filter(({ dataset }) =>
      dataset.progressFor.split(" ").some((name) => sources.has(name)));
    const timer = setTimeout(() => {
      const notes = findNotes();
      notes.forEach((note) => (note.hidden = false));
      if (notes.length) announce(notes[0].textContent);
    }, DELAY);
    xhr.addEventListener("loadend", () => {
      clearTimeout(timer);
      findNotes().forEach((note) => (note.hidden = true));
    });
  });
})(econtract);
