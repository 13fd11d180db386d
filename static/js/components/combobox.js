// Combobox: WAI-ARIA list autocomplete with manual selection.
((app) => {
  "use strict";

  const { $, announce, showSessionEnd } = app;
  const SEARCH_DELAY = 250;
  const SLOW_SEARCH = 700;
  const SHORTEST_QUERY = 2;

  const fire = (el, type, detail) => el.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));

  app.Combobox = class Combobox {
    constructor(root) {
      this.root = root;
      this.timer = 0;
      this.build();
      this.input.addEventListener("input", () => this.onInput());
      this.input.addEventListener("keydown", (event) => this.onKeydown(event));
      this.input.addEventListener("blur", () => this.close());
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    }

    build() {
      this.input = $("input[type=text]", this.root);
      this.hidden = $("input[type=hidden]", this.root);
      // After a search without a script the options are radio buttons: a hidden field replaces them.
      if (!this.hidden) {
        const radio = $("[type=radio]", this.root);
        this.hidden = Object.assign(document.createElement("input"), { type: "hidden", name: radio.name });
        this.hidden.value = $("[type=radio]:checked", this.root)?.value || "";
        $(".choices", this.root).replaceWith(this.hidden);
      }
      this.attachList($(".combobox-box", this.root), $("label", this.root).textContent);
    }

    attachList(box, label) {
      this.list = this.buildList(label);
      box.append(this.list);
      const aria = {
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.list.id,
      };
      Object.entries(aria).forEach(([name, value]) => this.input.setAttribute(name, value));
    }

    buildList(label) {
      const list = document.createElement("ul");
      Object.assign(list, { className: "combobox-list", id: `${this.input.id}-list`, hidden: true });
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", label);
      return list;
    }

    get query() {
      return this.input.value.trim();
    }

    get options() {
      return [...this.list.querySelectorAll(".option")];
    }

    // The only option that can be chosen.
    get only() {
      const options = this.options.filter((option) => option.getAttribute("aria-disabled") !== "true");
      return options.length === 1 ? options[0] : null;
    }

    setExpanded(isOpen) {
      this.input.setAttribute("aria-expanded", String(isOpen));
    }

    onInput() {
      if (this.hidden?.value) {
        this.hidden.value = "";
        fire(this.root, "combobox:clear");
      }
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), SEARCH_DELAY);
    }

    async search() {
      const { query } = this;
      this.request?.abort();
      if (query.length < SHORTEST_QUERY) return this.close();
      this.request = new AbortController();
      const url = new URL(this.root.dataset.combobox || this.root.dataset.mentions, location);
      url.searchParams.set(this.hidden ? this.input.name : "q", query);
      this.input.setAttribute("aria-busy", "true");
      const { signal } = this.request;
      const timer = setTimeout(() => signal.aborted || this.show("", "Ищем…"), SLOW_SEARCH);
      try {
        const response = await fetch(url, { headers: { "HX-Request": "true" }, signal });
        const sessionEnd = response.headers.get("X-Session");
        if (sessionEnd) {
          this.close();
          showSessionEnd(sessionEnd);
        } else {
          if (!response.ok || response.redirected) throw new Error(String(response.status));
          this.show(await response.text());
          this.choose($("[data-exact]", this.list));
        }
      } catch (error) {
        if (error.name !== "AbortError") this.show("", "Поиск не отвечает. Введенное осталось на странице, повторите.");
      }
      clearTimeout(timer);
      this.input.removeAttribute("aria-busy");
      return undefined;
    }

    show(content, note) {
      if (typeof content === "string") this.list.innerHTML = content;
      else this.list.replaceChildren(...content);
      if (note) {
        const item = document.createElement("li");
        this.list.append(Object.assign(item, { className: "combobox-note", textContent: note }));
      }
      $(".combobox-note", this.list)?.setAttribute("role", "option");
      this.list.hidden = false;
      this.setExpanded(true);
      this.input.removeAttribute("aria-activedescendant");
      const count = this.options.length;
      announce(note || (count ? `Найдено: ${count}` : this.list.textContent.trim()));
    }

    close() {
      this.list.hidden = true;
      this.setExpanded(false);
      this.input.removeAttribute("aria-activedescendant");
    }

    moveSelection(step) {
      const { options } = this;
      if (!options.length) return;
      const current = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
      const first = step > 0 ? 0 : options.length - 1;
      const next = current < 0 ? first : (current + step + options.length) % options.length;
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
      this.apply(option);
    }

    apply(option) {
      this.input.value = option.dataset.text;
      this.hidden.value = option.dataset.value;
      this.close();
      fire(this.root, "combobox:select", { value: option.dataset.value, text: option.dataset.text });
      fire(this.hidden, "change");
    }

    onKeydown(event) {
      const isOpen = !this.list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (isOpen) this.moveSelection(event.key === "ArrowDown" ? 1 : -1);
        else this.search();
      } else if (event.key === "Enter" && !event.ctrlKey) {
        event.preventDefault();
        if (isOpen) this.choose($("[aria-selected=true]", this.list) || this.only);
        else this.search();
      } else if (event.key === "Escape" && isOpen) {
        event.stopPropagation();
        event.preventDefault();
        this.close();
      }
    }
  };

  // Builds the fields of `selector` now, and those that htmx brings later, each once.
  app.buildFields = (selector, Field) => {
    const build = (root) => {
      const fields = [...root.querySelectorAll(selector)];
      if (root.matches?.(selector)) fields.push(root);
      fields.filter((el) => !el.dataset.ready).forEach((el) => {
        el.dataset.ready = "1";
        new Field(el);
      });
    };
    build(document);
    document.addEventListener("htmx:load", ({ detail }) => build(detail.elt));
  };

  app.buildFields("[data-combobox]", app.Combobox);
})(econtract);
