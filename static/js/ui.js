// Enhancements of every staff page: htmx glue, dialogs, toasts, polling, menus, shortcuts, copying.
// The page works without this file; docs/ui.md lists the attributes it serves.
(() => {
  "use strict";

  const POLL_ACTIVE = 5_000;
  const POLL_IDLE = 60_000;
  const IDLE_AFTER = 120_000;
  const ERRORS = {
    403: "Недостаточно прав на это действие.",
    404: "Не найдено: возможно, доступ к заданию закрыт.",
    413: "Файл слишком большой.",
    429: "Слишком много попыток. Повторите позже.",
    503: "Сервис временно недоступен. Повторите через несколько минут.",
  };

  const $ = (selector, root = document) => root.querySelector(selector);
  const editable = (el) => el?.matches?.("input, textarea, select, [contenteditable]");
  const fromTemplate = (id) => document.importNode($(`#${id}`).content.firstElementChild, true);
  const announce = (text) => {
    $("#announce").textContent = "";
    setTimeout(() => ($("#announce").textContent = text), 50);
  };

  // ---- Toasts ----------------------------------------------------------------------------------

  const showToast = (text, retry) => {
    const old = [...document.querySelectorAll(".toast-error")];
    old.filter((toast) => $("p", toast).textContent === text).forEach((toast) => toast.remove());
    const toast = fromTemplate("toast-template");
    $("p", toast).textContent = text;
    if (retry) {
      const button = $("[data-retry]", toast);
      button.hidden = false;
      button.addEventListener("click", () => {
        toast.remove();
        retry();
      });
    }
    // What lies behind a modal dialog cannot be pressed: there the toast goes inside.
    const opened = $("dialog[open] .dialog-body");
    if (opened) opened.prepend(toast);
    else $("#toasts").append(toast);
    return toast;
  };

  let offlineToast = null;
  const showOffline = (retry) => {
    offlineToast?.remove();
    offlineToast = showToast("Нет связи с сервером. Введенное сохранено.", retry);
  };

  // ---- Dialogs: pages opened over the page -----------------------------------------------------

  const dialog = () => {
    if (!$("#dialog")) {
      document.body.append(fromTemplate("dialog-template"));
      $("#dialog").addEventListener("close", () => $("#dialog-body").replaceChildren());
    }
    return $("#dialog");
  };

  const openDialog = (link, event) => {
    dialog();
    $("#dialog-title").textContent = link.dataset.dialog || link.textContent.trim();
    htmx
      .ajax("GET", link.href, { source: link, event, target: "#dialog-body", swap: "innerHTML" })
      .then(() => $("#dialog-body").childElementCount && !$("#dialog").open && $("#dialog").showModal());
  };

  // Plain forms of the fragment post back into the dialog.
  const enhanceForms = (root) => {
    for (const form of root.querySelectorAll("form[method=post]:not([data-hx-post])")) {
      form.setAttribute("data-hx-post", form.getAttribute("action") || $("#dialog-body").dataset.url);
      form.setAttribute("data-hx-target", "#dialog-body");
      form.setAttribute("data-hx-swap", "innerHTML");
      if (form.enctype === "multipart/form-data") form.setAttribute("data-hx-encoding", form.enctype);
      htmx.process(form);
    }
  };

  const endSession = () => {
    if ($("dialog[data-session]")) return;
    const end = fromTemplate("session-template");
    end.dataset.session = "";
    const link = $("[data-login]", end);
    link.search = new URLSearchParams({ next: location.pathname + location.search });
    document.body.append(end);
    end.showModal();
  };

  // ---- htmx ------------------------------------------------------------------------------------

  const path = (url) => new URL(url, location).pathname;
  const loginPath = () => path($("[data-login]", $("#session-template").content).getAttribute("href"));

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (isIdle()) detail.headers["X-Idle"] = "1";
    if (detail.verb !== "get") detail.headers["X-CSRFToken"] = $("meta[name=csrf-token]").content;
    if (detail.target?.id === "dialog-body" && detail.verb === "get") detail.target.dataset.url = detail.path;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, target } = event.detail;
    const arrived = xhr.responseURL && path(xhr.responseURL);
    if (!arrived || arrived === path(requestConfig.path)) return;
    if (arrived === loginPath()) {
      event.detail.shouldSwap = false;
      endSession();
    } else if (target.id === "dialog-body") {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL);
    }
  });

  document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
    offlineToast?.remove();
    if (detail.xhr.status === 204 && detail.target?.id === "dialog-body") $("#dialog").close();
  });

  document.addEventListener("htmx:responseError", ({ detail }) => {
    const { status } = detail.xhr;
    if (status === 401) endSession();
    else showToast(ERRORS[status] || "Действие не выполнено. Обновите страницу и повторите.");
  });

  document.addEventListener("htmx:sendError", ({ detail }) => {
    const { elt, triggeringEvent } = detail.requestConfig;
    showOffline(() => htmx.trigger(elt, triggeringEvent?.type || "retry"));
  });

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.closest("#dialog-body")) enhanceForms($("#dialog-body"));
    // A fragment's <noscript> is parsed as live elements: its buttons must not become defaults.
    elt.querySelectorAll("noscript").forEach((plain) => plain.remove());
  });

  document.addEventListener("announce", ({ detail }) => announce(detail.value));

  // The loading bar appears after 300 ms; polling stays silent.
  let pending = 0;
  let barTimer = 0;
  const silent = (elt) => elt.closest("[data-poll], #draft-status");
  const drawBar = () => {
    const bar = document.createElement("div");
    bar.className = "loading-bar";
    document.body.append(bar);
  };

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (silent(detail.elt)) return;
    detail.elt.setAttribute("aria-busy", "true");
    if (!pending++) barTimer = setTimeout(drawBar, 300);
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (silent(detail.elt)) return;
    detail.elt.removeAttribute("aria-busy");
    pending = Math.max(0, pending - 1);
    if (pending) return;
    clearTimeout(barTimer);
    $(".loading-bar")?.remove();
  });

  // Morphing keeps what a person has typed and which <details> they have opened.
  Idiomorph.defaults.ignoreActiveValue = true;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node.matches("details, dialog"));

  // ---- Polling ---------------------------------------------------------------------------------

  const startedAt = Date.now();
  let lastTouch = startedAt;
  let lastPoll = startedAt;
  const touch = () => (lastTouch = Date.now());
  ["pointerdown", "pointermove", "keydown", "focus"].forEach((type) =>
    addEventListener(type, touch, { passive: true, capture: true }),
  );

  // `data-poll="15"`: seconds between its questions, where the common pause is too short.
  const asked = {};

  const isIdle = () => Date.now() - lastTouch > IDLE_AFTER;

  const poll = () => {
    lastPoll = Date.now();
    document.querySelectorAll("[data-poll]").forEach((el) => {
      const own = Number(el.dataset.poll) * 1_000;
      if (own && lastPoll - (asked[el.id] ?? startedAt) < own) return;
      asked[el.id] = lastPoll;
      htmx.trigger(el, "poll");
    });
  };

  setInterval(() => {
    const now = Date.now();
    const pause = isIdle() ? POLL_IDLE : POLL_ACTIVE;
    if (!document.hidden && now - lastPoll >= pause) poll();
  }, 1_000);

  document.addEventListener("visibilitychange", () => {
    touch();
    if (!document.hidden) poll();
  });

  // The figure on the bell stands in the title too.
  document.addEventListener("htmx:afterRequest", () => {
    const figure = $("#bell .count")?.textContent.trim();
    const title = document.title.replace(/^(Ошибка: )?(\(\d+\+?\) )?/, `$1${figure ? `(${figure}) ` : ""}`);
    if (title !== document.title) document.title = title;
  });

  // ---- Clicks ----------------------------------------------------------------------------------

  const copy = (button) =>
    navigator.clipboard.writeText(button.dataset.copy).then(
      () => {
        announce("Скопировано");
        const use = $("use", button);
        const icon = use?.getAttribute("href");
        use?.setAttribute("href", icon.replace(/#.*/, "#check"));
        setTimeout(() => use?.setAttribute("href", icon), 2_000);
      },
      () => showToast("Не удалось скопировать: выделите текст и нажмите Ctrl+C."),
    );

  document.addEventListener("click", (event) => {
    const { target } = event;
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    const link = target.closest("a[data-dialog]");
    if (link && plain) {
      event.preventDefault();
      openDialog(link, event);
    }
    if (target.closest("[data-copy]")) copy(target.closest("[data-copy]"));
    if (target.closest("[data-print]")) print();
    if (target.closest("[data-dismiss]")) target.closest(".toast").remove();
    if (target.closest("[data-close]")) target.closest("dialog").close();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(target)) menu.open = false;
    });
  });

  // A second press while the first is on its way does nothing; coming back by history resets it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-hx-post")) return;
    if (event.submitter?.hasAttribute("data-download")) return; // the page stays, and may be used on
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(restoreForms, 5_000);
  });

  const restoreForms = () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("form [aria-busy]").forEach((el) => el.removeAttribute("aria-busy"));
  };

  addEventListener("pageshow", restoreForms);

  // ---- Tables shown as cards: some browsers drop a table's roles with display: block -------------

  const TABLE_ROLES = { table: "table", "thead, tbody": "rowgroup", tr: "row", td: "cell", "thead th": "columnheader", "tbody th": "rowheader" };
  const narrow = matchMedia("(max-width: 640px)");

  const restoreRoles = () => {
    if (!narrow.matches) return;
    for (const [selector, role] of Object.entries(TABLE_ROLES))
      document.querySelectorAll(`.table-cards:is(${selector}), .table-cards :is(${selector})`).forEach((el) => el.setAttribute("role", role));
  };

  restoreRoles();
  narrow.addEventListener("change", restoreRoles);
  document.addEventListener("htmx:afterSettle", restoreRoles);

  // ---- Lists: ticking --------------------------------------------------------------------------

  // The boxes stand in the rows and belong to the bar's form by their form="…": see docs/ui.md.
  const rowBoxes = (form) => [...form.elements].filter((box) => box.type === "checkbox" && box.closest("[data-row]"));

  const countTicked = (form) => {
    const count = $("[data-bulk-count]", form);
    if (count) count.textContent = rowBoxes(form).filter((box) => box.checked).length;
  };

  const countAllTicked = () => document.querySelectorAll("form[data-bulk]").forEach(countTicked);

  document.addEventListener("change", ({ target }) => {
    const { form } = target;
    if (!form?.matches("[data-bulk]")) return;
    if (target.matches("[data-check-all]")) rowBoxes(form).forEach((box) => (box.checked = target.checked));
    countTicked(form);
  });

  countAllTicked();
  addEventListener("pageshow", countAllTicked);
  document.addEventListener("htmx:afterSettle", countAllTicked);

  // ---- Keys: by place on the keyboard, so they work in the Russian layout -----------------------

  const moveRow = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
    next && $("[data-row-link]", next)?.focus();
  };

  const tickRow = () => {
    const box = $("[type=checkbox]", document.activeElement.closest("[data-row]") || document.createElement("p"));
    box?.click();
  };

  const ROW_KEYS = { KeyJ: () => moveRow(1), KeyK: () => moveRow(-1), KeyX: tickRow };

  const press = (control) => (editable(control) ? (control.focus(), control.select?.()) : control.click());

  const visible = (code) => [...document.querySelectorAll(`[data-key="${code}"]`)].find((el) => el.checkVisibility());

  const closeMenu = () => {
    const menu = $("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    $("summary", menu).focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    if (event.code === "Escape") closeMenu();
    // «Отменить» of a form that opened in place works from its fields too.
    const leave = event.code === "Escape" && document.activeElement.closest("form")?.querySelector('[data-key="Escape"]');
    if (leave) {
      leave.click();
      return;
    }
    const chord = event.ctrlKey || event.metaKey;
    if (!chord && (document.body.dataset.keys === "off" || editable(document.activeElement))) return;
    if ($("dialog[open]") && !chord) return;
    const own = chord && document.activeElement.closest("form")?.querySelector('[data-key="Control+Enter"]');
    const code = chord ? `Control+${event.code.replace("Numpad", "")}` : event.code;
    const control = (code === "Control+Enter" && own) || visible(code);
    const action = control ? () => press(control) : !chord && ROW_KEYS[code];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // In the palette the arrows move among what is found.
  document.addEventListener("keydown", (event) => {
    const root = event.target.closest?.("[data-palette]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!root || !step) return;
    const stops = [$("input", root), ...root.querySelectorAll("a")];
    event.preventDefault();
    stops[Math.max(0, stops.indexOf(event.target) + step)]?.focus();
  });

  // A number pasted outside of a field is looked up.
  document.addEventListener("paste", (event) => {
    const search = $("form[role=search]");
    if (!search || editable(event.target) || editable(document.activeElement)) return;
    const text = event.clipboardData.getData("text").trim();
    const digits = text.replace(/[\s-]/g, "");
    // ИНН, ОГРН, account, phone, barcode of АПД; «ИД документа» of РИО.
    const number = [digits, text].find((each) => /^(\d{10,15}|RIO-[\w-]{1,60})$/.test(each));
    if (!number) return;
    search.elements.q.value = number;
    search.requestSubmit();
  });
})();
