// A long list that is searched by typing: `<select data-search>` becomes a combobox over its own
// options. The select keeps the value, and without a script it is what the person uses.
((app) => {
  "use strict";

  const { Combobox, buildFields, $ } = app;
  const SHORTEST_LIST = 8;
  const OWN_ATTRIBUTES = ["class", "tabindex", "aria-hidden", "data-ready"];

  const fold = (text) => text.toLowerCase().replaceAll("ё", "е");

  class SelectSearch extends Combobox {
    build() {
      this.select = this.root;
      this.root = Object.assign(document.createElement("div"), { className: "combobox-box select-search" });
      this.input = Object.assign(document.createElement("input"), { type: "text", id: `${this.select.id}-search`, autocomplete: "off" });
      this.root.append(this.input);
      this.select.after(this.root);
      this.select.combobox = this;
      // Labels and links lead to the select.
      Object.assign(this.select, { className: "visually-hidden", tabIndex: -1 });
      this.select.setAttribute("aria-hidden", "true");
      this.select.addEventListener("focus", () => this.input.focus());
      const label = $("label", this.select.parentElement).firstChild.textContent.trim();
      this.input.setAttribute("aria-label", label);
      this.attachList(this.root, label);
      this.refresh();
      this.input.addEventListener("click", () => this.search());
      this.input.addEventListener("focus", () => this.input.select());
      this.input.addEventListener("blur", () => this.settle());
      // The form listens to the select alone.
      for (const type of ["input", "change"]) this.input.addEventListener(type, (event) => event.stopPropagation());
    }

    // What the server has changed.
    refresh() {
      if (!this.isTyped) this.input.value = this.select.value ? this.select.selectedOptions[0].text : "";
      for (const name of ["aria-describedby", "aria-invalid"]) {
        const value = this.select.getAttribute(name);
        if (value) this.input.setAttribute(name, value);
        else this.input.removeAttribute(name);
      }
    }

    onInput() {
      this.isTyped = true;
      this.search();
    }

    search() {
      const words = this.isTyped ? fold(this.query).split(/\s+/) : [];
      // The value of a contact is the phone without spaces.
      const isMatch = ({ value, text }) => value && words.every((word) => fold(`${text} ${value}`).includes(word));
      const options = [...this.select.options].filter(isMatch);
      const items = options.map((option, index) => {
        const item = Object.assign(document.createElement("li"), { className: "option", id: `${this.list.id}-${index}`, textContent: option.text });
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        Object.assign(item.dataset, { value: option.value, text: option.text });
        return item;
      });
      this.show(items, items.length ? "" : "Ничего не найдено");
    }

    // Leaving the field chooses the only match; anything else leaves the choice as it was.
    settle() {
      if (this.isTyped && this.query && this.only) this.choose(this.only);
      else if (this.isTyped && !this.query) this.setValue("");
      this.isTyped = false;
      this.refresh();
    }

    apply(option) {
      this.setValue(option.dataset.value);
      this.close();
    }

    setValue(value) {
      this.isTyped = false;
      this.select.value = value;
      this.refresh();
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  const isEnhanced = (node) => node.combobox instanceof SelectSearch;
  const { callbacks } = Idiomorph.defaults;
  const { beforeAttributeUpdated } = callbacks;
  callbacks.beforeAttributeUpdated = (name, node, type) =>
    beforeAttributeUpdated(name, node, type) && !(isEnhanced(node) && OWN_ATTRIBUTES.includes(name));
  callbacks.beforeNodeRemoved = (node) => {
    if (isEnhanced(node)) node.combobox.root.remove();
    return !node.classList?.contains("select-search");
  };
  callbacks.afterNodeMorphed = (node) => isEnhanced(node) && node.combobox.refresh();

  buildFields("select[data-search]", class {
    constructor(select) {
      if (select.options.length > SHORTEST_LIST) new SelectSearch(select);
    }
  });
})(econtract);
