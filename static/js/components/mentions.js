// Mentions: «@ива» in a comment offers those who see the task; the choice is written as «@логин».
((app) => {
  "use strict";

  const { $, Combobox, buildFields } = app;

  class Mentions extends Combobox {
    build() {
      this.input = $("textarea", this.root);
      this.list = this.buildList("Сотрудники");
      this.root.append(this.list);
      this.input.setAttribute("aria-autocomplete", "list");
      this.input.setAttribute("aria-controls", this.list.id);
    }

    // What follows the «@» before the cursor; null where no mention is being typed.
    get mention() {
      const text = this.input.value.slice(0, this.input.selectionStart);
      return text.match(/(?:^|[\s(])@([\p{L}\d_.+-]*)$/u);
    }

    get query() {
      return this.mention?.[1] ?? "";
    }

    // A textarea has no `aria-expanded`.
    setExpanded() {}

    apply(option) {
      const end = this.input.selectionStart;
      this.input.setRangeText(`${option.dataset.value} `, end - this.query.length, end, "end");
      this.close();
    }

    onKeydown(event) {
      if (this.list.hidden) return;
      if (event.key === "Enter" && !$("[aria-selected=true]", this.list)) this.close();
      else super.onKeydown(event);
    }
  }

  buildFields("[data-mentions]", Mentions);
})(econtract);
