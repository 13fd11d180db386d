// Enhancements of forms: combobox, file drop, draft, digits, password. docs/ui.md lists the attributes.
(() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const announce = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: { value: text } }));
  const fire = (el, type, detail) => el.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));

  // ---- Combobox: WAI-ARIA list autocomplete with manual selection -------------------------------

  class Combobox {
    constructor(root) {
      this.root = root;
      this.timer = 0;
      this.build();
      this.input.addEventListener("input", () => this.typed());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => this.close());
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    }

    build() {
      this.input = $("input[type=text]", this.root);
      this.hidden = $("input[type=hidden]", this.root);
      // After a search without a script the choice is a radio list; the script's choice is a field.
      if (!this.hidden) {
        const radio = $("[type=radio]", this.root);
        this.hidden = Object.assign(document.createElement("input"), { type: "hidden", name: radio.name });
        this.hidden.value = $("[type=radio]:checked", this.root)?.value || "";
        $(".choices", this.root).replaceWith(this.hidden);
      }
      this.list = Object.assign(document.createElement("ul"), { className: "combobox-list", id: `${this.input.id}-list` });
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", $("label", this.root).textContent);
      this.list.hidden = true;
      $(".combobox-box", this.root).append(this.list);
      const aria = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
      Object.entries(aria).forEach(([name, value]) => this.input.setAttribute(name, value));
    }

    get query() {
      return this.input.value.trim();
    }

    expand(open) {
      this.input.setAttribute("aria-expanded", String(open));
    }

    get options() {
      return [...this.list.querySelectorAll(".option")];
    }

    typed() {
      if (this.hidden?.value) {
        this.hidden.value = "";
        fire(this.root, "combobox:clear");
      }
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), 250);
    }

    async search() {
      const { query } = this;
      this.request?.abort();
      if (query.length < 2) return this.close();
      this.request = new AbortController();
      const url = new URL(this.root.dataset.combobox || this.root.dataset.mentions, location);
      url.searchParams.set(this.hidden ? this.input.name : "q", query);
      this.input.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: this.request.signal });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        this.show(await answer.text());
      } catch (error) {
        if (error.name !== "AbortError") this.show("", "Поиск не отвечает. Введенное сохранено, повторите.");
      }
      this.input.removeAttribute("aria-busy");
      return undefined;
    }

    show(html, note) {
      this.list.innerHTML = html;
      if (note) this.list.append(Object.assign(document.createElement("li"), { className: "combobox-note", textContent: note }));
      $(".combobox-note", this.list)?.setAttribute("role", "option");
      this.list.hidden = false;
      this.expand(true);
      this.input.removeAttribute("aria-activedescendant");
      const found = this.options.length;
      announce(note || (found ? `Найдено: ${found}` : this.list.textContent.trim()));
    }

    close() {
      this.list.hidden = true;
      this.expand(false);
      this.input.removeAttribute("aria-activedescendant");
    }

    mark(step) {
      const { options } = this;
      if (!options.length) return;
      const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
      const next = at < 0 ? (step > 0 ? 0 : options.length - 1) : (at + step + options.length) % options.length;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
      this.input.setAttribute("aria-activedescendant", options[next].id);
      options[next].scrollIntoView({ block: "nearest" });
    }

    choose(option) {
      if (!option?.dataset.value) return;
      if (option.getAttribute("aria-disabled") === "true") {
        announce($("small", option)?.textContent || "Выбрать нельзя");
        return;
      }
      this.take(option);
    }

    take(option) {
      this.input.value = option.dataset.text;
      this.hidden.value = option.dataset.value;
      this.close();
      fire(this.root, "combobox:select", { value: option.dataset.value, text: option.dataset.text });
      fire(this.hidden, "change");
    }

    key(event) {
      const open = !this.list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (open) this.mark(event.key === "ArrowDown" ? 1 : -1);
        else this.search();
      } else if (event.key === "Enter" && !event.ctrlKey) {
        event.preventDefault();
        if (open) this.choose($("[aria-selected=true]", this.list));
        else this.search();
      } else if (event.key === "Escape" && open) {
        event.stopPropagation();
        event.preventDefault();
        this.close();
      }
    }
  }

  // ---- «@ива» in a comment offers those who see the task; the choice is written as «@логин» --------

  class Mentions extends Combobox {
    build() {
      this.input = $("textarea", this.root);
      this.list = Object.assign(document.createElement("ul"), { className: "combobox-list", id: `${this.input.id}-list` });
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", "Сотрудники");
      this.list.hidden = true;
      this.root.append(this.list);
      this.input.setAttribute("aria-autocomplete", "list");
      this.input.setAttribute("aria-controls", this.list.id);
    }

    // The word that is being written, when it begins with «@».
    get word() {
      return this.input.value.slice(0, this.input.selectionStart).match(/(?:^|[\s(])@([\p{L}\d_.+-]*)$/u);
    }

    get query() {
      return this.word?.[1] ?? "";
    }

    expand() {}

    take(option) {
      const end = this.input.selectionStart;
      this.input.setRangeText(`${option.dataset.value} `, end - this.query.length, end, "end");
      this.close();
    }

    key(event) {
      if (this.list.hidden) return;
      if (event.key === "Enter" && !$("[aria-selected=true]", this.list)) this.close();
      else super.key(event);
    }
  }

  // ---- File drop over htmx's own upload ---------------------------------------------------------

  const uploadError = (root, text) => {
    const error = $("[data-upload-error]", root);
    error.hidden = !text;
    $("span", error).textContent = text;
    $("[type=file]", root).setAttribute("aria-invalid", String(Boolean(text)));
  };

  const pick = (input) => {
    const root = input.closest("[data-upload]");
    const [file] = input.files;
    if (!file) return;
    if (Number(root.dataset.maxMb) && file.size > root.dataset.maxMb * 1024 * 1024) {
      uploadError(root, `Файл больше ${root.dataset.maxMb} МБ`);
      input.value = "";
      return;
    }
    uploadError(root, "");
    $("[data-upload-name]", root).textContent = file.name;
    if (!input.dataset.hxPost) return;
    // A field that has only just come onto the page may be unknown to htmx still (its settling delay).
    htmx.process(input);
    htmx.trigger(input, "upload");
  };

  const drop = (root, files) => {
    if (files.length > 1) {
      uploadError(root, "Можно вложить только один файл");
      return;
    }
    const input = $("[type=file]", root);
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  ["dragover", "dragleave", "drop"].forEach((type) =>
    document.addEventListener(type, (event) => {
      const root = event.target.closest?.("[data-upload]");
      if (!root || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      root.toggleAttribute("data-over", type === "dragover");
      if (type === "drop") drop(root, event.dataTransfer.files);
    }),
  );

  const progress = (root, shown, percent = 0) => {
    $("[data-upload-progress]", root).hidden = !shown;
    $(".filedrop-area", root).hidden = shown;
    $("progress", root).value = percent;
    $("[data-upload-percent]", root).textContent = percent < 100 ? `${percent} %` : "Проверяем файл…";
  };

  const uploading = (event) => event.target.closest?.("[data-upload]");

  document.addEventListener("htmx:beforeRequest", (event) => uploading(event) && progress(uploading(event), true));
  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total } = event.detail;
    if (uploading(event) && total) progress(uploading(event), true, Math.floor((loaded / total) * 100));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const root = uploading(event);
    if (!root?.isConnected) return;
    progress(root, false);
    $("[type=file]", root).value = "";
  });

  // ---- Draft: sent when a field is left, 1.5 s after the last key, and when the page is left ------

  const draftFields = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const drafts = new Map();
  // Every message of a page has a number: the server ignores an older one that comes later.
  let turn = 0;

  // Drafts and the form's buttons send all of it: what is typed meanwhile waits for their answer. By
  // htmx's own queue it would be forgotten when an answer redraws the element that has sent it.
  let asking = 0;

  const sendDraft = (form) => {
    clearTimeout(drafts.get(form));
    if (asking) {
      drafts.set(form, setTimeout(sendDraft, 200, form));
      return;
    }
    const values = { turn: String(++turn) };
    for (const [name, value] of draftFields(form)) (values[name] ||= []).push(value);
    values.active = document.activeElement?.name || "";
    htmx.ajax("POST", form.dataset.draft, { source: "#draft-status", target: "#draft-status", swap: "morph", values });
  };

  const sendSoon = (form, pause) => {
    clearTimeout(drafts.get(form));
    drafts.set(form, setTimeout(sendDraft, pause, form));
  };

  const typedDraft = ({ type, target }) => {
    const form = target.closest?.("form[data-draft]");
    if (!form || target.type === "file") return;
    $("#draft-status").textContent = "Сохраняем…";
    sendSoon(form, type === "change" ? 50 : Number(target.dataset.draftDelay || 1_500));
  };

  ["input", "change"].forEach((type) => document.addEventListener(type, typedDraft));

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const counts = detail.verb !== "get" && detail.elt.id !== "draft-status" && $("form[data-draft]");
    if (counts) detail.parameters.turn = String(++turn);
  });

  const sendsAll = ({ requestConfig: { elt, verb } }) => verb !== "get" && (elt.form ?? elt.closest("form"))?.matches("[data-draft]");

  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    if (!sendsAll(detail)) return;
    asking += 1;
    drafts.forEach(clearTimeout);
    drafts.clear();
    detail.xhr.addEventListener("loadend", () => (asking -= 1));
  });

  // What has been typed or asked since a draft was sent must not be overwritten by its answer: that of
  // the next draft is drawn. Nor may any answer say «Сохранено» before it is true.
  let unsaved = false;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { elt, parameters, verb } = detail.requestConfig;
    unsaved = drafts.size > 0 || (verb === "get" && asking > 0);
    if (elt.id !== "draft-status" || (!drafts.size && Number(parameters.turn) === turn)) return;
    detail.shouldSwap = false;
    if (!drafts.size) sendSoon($("form[data-draft]"), 200);
  });
  document.addEventListener("htmx:oobBeforeSwap", ({ target, detail }) => {
    if (unsaved && target.id === "draft-status") detail.shouldSwap = false;
  });

  // Morphing may move the element that has the focus, which takes the focus from it.
  let focused = "";
  document.addEventListener("htmx:beforeSwap", () => (focused = document.activeElement?.id));
  document.addEventListener("htmx:afterSwap", () => {
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  });

  document.addEventListener("htmx:sendError", ({ target }) => {
    if (target.id === "draft-status") target.textContent = "Пока не сохранено: нет связи с сервером";
  });

  document.addEventListener("retry", ({ target }) => {
    if (target.id === "draft-status") sendDraft($("form[data-draft]"));
  });

  const leave = () => {
    for (const [form] of drafts) {
      clearTimeout(drafts.get(form));
      const body = new URLSearchParams(draftFields(form));
      body.set("turn", String(++turn));
      fetch(form.dataset.draft, { method: "POST", body, keepalive: true });
    }
    drafts.clear();
  };

  document.addEventListener("visibilitychange", () => document.hidden && leave());
  document.addEventListener("submit", ({ target }) => {
    clearTimeout(drafts.get(target));
    drafts.delete(target);
  });

  // ---- Small things -----------------------------------------------------------------------------

  document.addEventListener("input", ({ target }) => {
    if (!target.dataset?.digits) return;
    const digits = target.value.replace(/\D/g, "").slice(0, Number(target.dataset.digits));
    if (digits !== target.value) target.value = digits;
  }, true);

  // What a button has brought onto the page takes the cursor; `lost`: only when nothing has it.
  document.addEventListener("focus-field", ({ detail: { value, lost } }) => {
    if (!lost || document.activeElement === document.body) $(value)?.focus();
  });

  // Enter in a field that has a button of its own presses that button.
  document.addEventListener("keydown", (event) => {
    const button = event.target.dataset?.enter;
    if (!button || event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
    event.preventDefault();
    $(button)?.click();
  });

  document.addEventListener("change", ({ target }) => {
    if (target.type === "file" && target.closest("[data-upload]")) pick(target);
  });

  document.addEventListener("click", ({ target }) => {
    const reveal = target.closest("[data-reveal]");
    if (reveal) {
      const input = document.getElementById(reveal.dataset.reveal);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      reveal.setAttribute("aria-pressed", String(shown));
    }
    const cancel = target.closest("[data-upload-cancel]");
    if (cancel) htmx.trigger($("[type=file]", cancel.closest("[data-upload]")), "htmx:abort");
  });

  const start = (root) => {
    const found = [...root.querySelectorAll("[data-combobox], [data-mentions]")];
    if (root.matches?.("[data-combobox]")) found.push(root);
    found.filter((el) => !el.dataset.ready).forEach((el) => {
      el.dataset.ready = "1";
      new (el.hasAttribute("data-mentions") ? Mentions : Combobox)(el);
    });
  };

  start(document);
  document.addEventListener("htmx:load", ({ detail }) => start(detail.elt));
})();
