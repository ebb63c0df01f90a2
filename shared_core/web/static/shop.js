// Small comforts. Every page works without this file.
(() => {
  "use strict";
  const say = (text) => {
    const live = document.querySelector("[data-live]");
    if (live) live.textContent = text;
  };

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const text = source.value ?? source.textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!source.select) return;
      source.select();
      if (!document.execCommand("copy")) return;
    }
    const label = button.querySelector("[data-label]") ?? button;
    const before = label.textContent;
    label.textContent = button.dataset.done;
    say(button.dataset.done);
    setTimeout(() => { label.textContent = before; }, 2000);
  };

  const share = async (button) => {
    const { shareUrl: url, shareTitle: title, shareText: text } = button.dataset;
    try {
      await navigator.share({ url, title, text });
    } catch (refused) {
      if (refused.name !== "AbortError") throw refused;
    }
  };

  const step = (button) => {
    const input = button.closest("[data-stepper]").querySelector("input");
    const before = input.value;
    if (button.dataset.step === "up") input.stepUp(); else input.stepDown();
    if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // On a phone a table's head is out of sight: each cell says itself what it is.
  const label = (part) => {
    for (const table of part.querySelectorAll("table[data-labels]")) {
      const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
      for (const row of table.tBodies[0].rows) {
        for (const [place, cell] of [...row.cells].entries()) cell.dataset.label = heads[place];
      }
    }
  };
  label(document);

  // A file that was chosen stays chosen: what became of it is shown beside its form.
  const sendAside = async (form, button) => {
    const body = new FormData(form);
    body.append(button.name, button.value);
    button.disabled = true;
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-result]");
    if (!fresh) { location.assign(answer.url); return; }
    for (const each of document.querySelectorAll("main [role=alert]")) each.remove();
    const result = document.querySelector("[data-result]");
    result.replaceChildren(...page.querySelectorAll("main [role=alert]"), ...fresh.childNodes);
    for (const each of result.querySelectorAll("[data-without-script]")) each.hidden = true;
    label(result);
    button.disabled = false;
    result.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-share-url], [data-step], [data-print]");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    else if (button.dataset.shareUrl) share(button);
    else if (button.dataset.step) step(button);
    else window.print();
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-on-change]");
    if (form) form.requestSubmit();
  });

  // A form is sent once, however often its button is tapped.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (form.matches("[data-keep-file]")) {
      event.preventDefault();
      sendAside(form, event.submitter);
      return;
    }
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Counts down by how long it was when the server wrote the page, so the clock of the phone does not matter.
  const counters = document.querySelectorAll("[data-countdown]");
  if (counters.length) {
    const until = (each) => Number(each.dataset.countdown) - Math.floor(performance.now() / 1000);
    const two = (number) => String(number).padStart(2, "0");
    const tick = () => {
      for (const each of counters) {
        const left = Math.max(until(each), 0);
        const days = Math.floor(left / 86400);
        const clock = [left / 3600 % 24, left / 60 % 60, left % 60].map((part) => two(Math.floor(part))).join(":");
        each.textContent = days ? `${days}${each.dataset.days} ${clock}` : clock;
        if (!left && Number(each.dataset.countdown) && !document.hidden && !document.querySelector("form[data-sent]")) location.reload();
      }
    };
    tick();
    setInterval(tick, 1000);
  }

  for (const each of document.querySelectorAll("[data-needs-script]")) each.hidden = false;
  for (const each of document.querySelectorAll("[data-without-script]")) each.hidden = true;
  if (!navigator.share) for (const each of document.querySelectorAll("[data-share-url]")) each.hidden = true;
})();
