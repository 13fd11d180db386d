// File drop: drop area, size check, progress and «Отменить» over htmx's own upload.
// Pages without htmx load this file alone: there it only checks the file and shows its name.
(() => {
  "use strict";

  const part = (root, selector) => root.querySelector(selector);

  const showError = (root, text) => {
    const error = part(root, "[data-upload-error]");
    error.hidden = !text;
    part(error, "span").textContent = text;
    part(root, "[type=file]").setAttribute("aria-invalid", String(Boolean(text)));
  };

  const accept = (input) => {
    const root = input.closest("[data-upload]");
    const files = [...input.files];
    if (!files.length) return;
    const { maxMb } = root.dataset;
    const large = Number(maxMb) && files.find((file) => file.size > maxMb * 1024 * 1024);
    if (large) {
      showError(root, `${files.length > 1 ? `«${large.name}»: файл` : "Файл"} больше ${maxMb} МБ`);
      input.value = "";
      return;
    }
    showError(root, "");
    part(root, "[data-upload-name]").textContent = files.map((file) => file.name).join(", ");
    if (!input.dataset.hxPost) return;
    // htmx may not know a field yet that has only just come onto the page (its settling delay).
    htmx.process(input);
    htmx.trigger(input, "upload");
  };

  const drop = (root, files) => {
    const input = part(root, "[type=file]");
    if (files.length > 1 && !input.multiple) {
      showError(root, "Можно вложить только один файл");
      return;
    }
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

  document.addEventListener("change", ({ target }) => {
    if (target.type === "file" && target.closest("[data-upload]")) accept(target);
  });

  const showProgress = (root, isShown, percent = 0) => {
    part(root, "[data-upload-progress]").hidden = !isShown;
    part(root, ".filedrop-area").hidden = isShown;
    part(root, "progress").value = percent;
    part(root, "[data-upload-percent]").textContent = percent < 100 ? `${percent} %` : "Проверяем файл…";
  };

  const uploadOf = (event) => event.target.closest?.("[data-upload]");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (uploadOf(event)) showProgress(uploadOf(event), true);
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total } = event.detail;
    if (uploadOf(event) && total) showProgress(uploadOf(event), true, Math.floor((loaded / total) * 100));
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const root = uploadOf(event);
    if (!root?.isConnected) return;
    showProgress(root, false);
    part(root, "[type=file]").value = "";
  });

  document.addEventListener("click", ({ target }) => {
    const cancel = target.closest("[data-upload-cancel]");
    if (cancel) htmx.trigger(part(cancel.closest("[data-upload]"), "[type=file]"), "htmx:abort");
  });
})();
