// The draft of the new-task form: what a person types is saved without being asked for.
//
// Every message to the server carries the whole form. The queue knows two things: whether there
// are changes that no message carries yet (`timer` runs), and whether a message is on its way
// (`inFlight`). Together they make its four states:
//
//   IDLE       nothing to send, nothing on its way
//   WAITING    changes wait for their timer: 1.5 s after the last key, at once when a field is left
//   SENDING    a message is on its way: a draft, or a button of the form (all of them send the form)
//   BOTH       changes wait while a message is on its way; they are sent after its answer
//
//   IDLE    - the person types ------> WAITING    typing again restarts the timer
//   WAITING - the timer ends --------> SENDING
//   WAITING - a button is pressed ---> SENDING    its message carries the changes too
//   WAITING - the form is submitted -> IDLE
//   WAITING - the page is hidden ----> IDLE       sent by a request that outlives the page
//   SENDING - the person types ------> BOTH
//   BOTH    - a button is pressed ---> SENDING
//   SENDING - the last answer -------> IDLE       the answer is drawn
//   SENDING - an earlier answer -----> WAITING    outdated, not drawn: a new draft brings another
//   BOTH    - an answer -------------> WAITING    outdated, not drawn
//   SENDING - no connection ---------> IDLE       the status says so; «Повторить» sends again
//
// Messages are numbered (`turn`), so that the server can ignore an older one that arrives later.
// A page has one such form at most: `<form data-draft="URL">` around `#draft-status`.
((app) => {
  "use strict";

  const { $ } = app;
  const FORM = "form[data-draft]";
  const STATUS_ID = "draft-status";
  const AFTER_TYPING = 1_500;
  const AFTER_LEAVING_A_FIELD = 50;
  const AFTER_A_MESSAGE = 200;

  let timer = 0;
  let inFlight = 0;
  let turn = 0;

  const isWaiting = () => timer !== 0;

  const stopWaiting = () => {
    clearTimeout(timer);
    timer = 0;
  };

  const wait = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  };

  // Files are uploaded on their own: see file_drop.js.
  const fieldsOf = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");

  // `timer` keeps its value until the request really leaves: see "htmx:beforeSend".
  const send = () => {
    // htmx's own queue would lose the message when an answer redraws the element that sends it.
    if (inFlight) {
      wait(AFTER_A_MESSAGE);
      return;
    }
    const form = $(FORM);
    const values = { turn: String(++turn) };
    for (const [name, value] of fieldsOf(form)) (values[name] ||= []).push(value);
    values.active = document.activeElement?.name || "";
    const status = `#${STATUS_ID}`;
    htmx.ajax("POST", form.dataset.draft, { source: status, target: status, swap: "morph", values });
  };

  // ---- Changes -----------------------------------------------------------------------------------

  const noteChange = ({ type, target }) => {
    if (!target.closest?.(FORM) || target.type === "file") return;
    document.getElementById(STATUS_ID).textContent = "Сохраняем…";
    wait(type === "change" ? AFTER_LEAVING_A_FIELD : Number(target.dataset.draftDelay || AFTER_TYPING));
  };

  document.addEventListener("input", noteChange);
  document.addEventListener("change", noteChange);

  document.addEventListener("submit", ({ target }) => target.matches(FORM) && stopWaiting());

  // The page may not live to see a timer: what waits is sent by a request that outlives it.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || !isWaiting()) return;
    stopWaiting();
    const form = $(FORM);
    const body = new URLSearchParams(fieldsOf(form));
    body.set("turn", String(++turn));
    fetch(form.dataset.draft, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
  });

  // ---- Messages ----------------------------------------------------------------------------------

  const carriesForm = ({ requestConfig: { elt, verb } }) =>
    verb !== "get" && (elt.form ?? elt.closest("form"))?.matches(FORM);

  // A draft has its number already.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get" && detail.elt.id !== STATUS_ID && $(FORM)) detail.parameters.turn = String(++turn);
  });

  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    if (!carriesForm(detail)) return;
    inFlight += 1;
    stopWaiting();
    detail.xhr.addEventListener("loadend", () => (inFlight -= 1));
  });

  // ---- Answers -----------------------------------------------------------------------------------

  // The answer to a draft is outdated when something was typed or asked for since it was sent: it
  // would overwrite that. Then the next draft's answer is drawn.
  let hasUnsavedChanges = false;

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { elt, parameters, verb } = detail.requestConfig;
    hasUnsavedChanges = isWaiting() || (verb === "get" && inFlight > 0);
    const isOutdated = isWaiting() || Number(parameters.turn) !== turn;
    if (elt.id !== STATUS_ID || !isOutdated) return;
    detail.shouldSwap = false;
    if (!isWaiting()) wait(AFTER_A_MESSAGE);
  });

  // Nor may the answer to another request bring «Сохранено» before it is true.
  document.addEventListener("htmx:oobBeforeSwap", ({ target, detail }) => {
    if (hasUnsavedChanges && target.id === STATUS_ID) detail.shouldSwap = false;
  });

  document.addEventListener("htmx:sendError", ({ target }) => {
    if (target.id === STATUS_ID) target.textContent = "Пока не сохранено: нет связи с сервером";
  });

  document.addEventListener("retry", ({ target }) => {
    if (target.id === STATUS_ID) send();
  });
})(econtract);
