// Polling: every `[data-poll]` asks for news, often while the person is active and rarely when not.
((app) => {
  "use strict";

  const ACTIVE_PAUSE = 5_000;
  const IDLE_PAUSE = 60_000;
  const IDLE_AFTER = 120_000;

  const startedAt = Date.now();
  let lastActivity = startedAt;
  let lastPoll = startedAt;
  const lastPollOf = {};

  const noteActivity = () => (lastActivity = Date.now());
  ["pointerdown", "pointermove", "keydown", "focus"].forEach((type) =>
    addEventListener(type, noteActivity, { passive: true, capture: true }),
  );

  app.isIdle = () => Date.now() - lastActivity > IDLE_AFTER;

  const poll = () => {
    lastPoll = Date.now();
    document.querySelectorAll("[data-poll]").forEach((el) => {
      // `data-poll="15"`: at least so many seconds between its requests.
      const pause = Number(el.dataset.poll) * 1_000;
      if (pause && lastPoll - (lastPollOf[el.id] ?? startedAt) < pause) return;
      lastPollOf[el.id] = lastPoll;
      htmx.trigger(el, "poll");
    });
  };

  setInterval(() => {
    const pause = app.isIdle() ? IDLE_PAUSE : ACTIVE_PAUSE;
    if (!document.hidden && Date.now() - lastPoll >= pause) poll();
  }, 1_000);

  document.addEventListener("visibilitychange", () => {
    noteActivity();
    if (!document.hidden) poll();
  });

  // The title shows the number of unread notifications, as the bell does.
  document.addEventListener("htmx:afterRequest", () => {
    const count = app.$("#bell .count")?.textContent.trim();
    const title = document.title.replace(/^(Ошибка: )?(\(\d+\+?\) )?/, `$1${count ? `(${count}) ` : ""}`);
    if (title !== document.title) document.title = title;
  });
})(econtract);
