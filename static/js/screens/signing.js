// The signing page. Without it everything works; with it the evidence says what was looked at.
(() => {
  const page = document.querySelector("[data-progress]");
  if (!page) return;

  const device = {
    screen: `${screen.width}x${screen.height}@${devicePixelRatio}`,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "",
  };
  // A second tap sends nothing; the back button makes the form usable again. What has been looked
  // at since the last report goes with the form.
  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of Object.entries(progress())) formData.set(name, value);
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // Pages are reported in batches: a long document is scrolled through fast.
  const shown = new Set();
  const reported = new Set();
  let hasEnd = false;
  let timer = 0;
  const unreported = () => [...shown].filter((number) => !reported.has(number));
  const progress = () => ({ ...device, pages: unreported().join(","), end: hasEnd ? "1" : "" });
  const report = () => {
    timer = 0;
    const pages = unreported();
    const body = new URLSearchParams(progress());
    pages.forEach((number) => reported.add(number));
    fetch(page.dataset.progress, { method: "POST", body, keepalive: true })
      .then((response) => {
        // The link has ended meanwhile: the page says why.
        if (response.status === 409) location.reload();
      })
      .catch(() => pages.forEach((number) => reported.delete(number)));
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        if (target.dataset.page) shown.add(Number(target.dataset.page));
        else hasEnd = true;
        observer.unobserve(target);
      }
      timer = timer || setTimeout(report, 1500);
    },
    { threshold: 0.1 },
  );
  document.querySelectorAll("[data-page], [data-end]").forEach((el) => observer.observe(el));
  document.querySelector("[data-download]")?.addEventListener("click", () => {
    const body = new URLSearchParams({ ...device, download: "1" });
    fetch(page.dataset.progress, { method: "POST", body, keepalive: true }).catch(() => {});
  });
  addEventListener("pagehide", () => timer && report());
  if (!document.querySelector("[data-page]")) report();

  // «Отправить код повторно через 0:59»
  const again = document.querySelector("[data-seconds]");
  if (again) {
    const label = again.textContent.trim();
    const end = Date.now() + 1000 * again.dataset.seconds;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      again.disabled = left > 0;
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      again.textContent = left > 0 ? `${label} через ${time}` : label;
      if (left > 0) setTimeout(tick, 1000);
    };
    tick();
  }
})();
