"use strict";
(() => {
  const form = document.querySelector(".search");
  const input = document.getElementById("q");
  const found = document.querySelector(".found");
  const filters = document.querySelector(".filters");
  const number = new Intl.NumberFormat("en");
  const fold = (s) => s.normalize("NFC").toLowerCase();
  // What is searched is collected at the first search, and not before.
  let topics = null;
  const collect = () => Array.from(document.querySelectorAll(".topic"), (topic) => ({
    topic,
    details: topic.querySelector("details"),
    head: fold((topic.querySelector("h3").textContent + " " + (topic.querySelector("p.remedy")?.textContent ?? ""))),
    rows: Array.from(topic.querySelectorAll(".rows > li"), (row) => ({ row, of: row.dataset.class ?? "", text: fold(row.textContent) })),
    wasOpen: topic.querySelector("details")?.open ?? false,
  }));
  const show = (element, visible) => { if (element.hidden === visible) element.hidden = !visible; };
  const narrow = () => {
    topics ??= collect();
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const only = new Set(Array.from(filters?.querySelectorAll("[aria-pressed=true]") ?? [], (b) => b.dataset.filter));
    const all = words.length === 0 && only.size === 0;
    const has = (text) => words.every((word) => text.includes(word));
    let hits = 0, rows = 0;
    for (const t of topics) {
      const whole = words.length > 0 && has(t.head);
      let inside = 0;
      for (const r of t.rows) {
        const hit = (whole || has(r.text)) && (only.size === 0 || only.has(r.of));
        show(r.row, hit);
        if (hit) inside++;
      }
      rows += t.rows.length;
      hits += inside;
      show(t.topic, all || inside > 0 || whole && only.size === 0);
      if (t.details) t.details.open = all ? t.wasOpen : inside > 0;
    }
    // What was found stands at the top.
    for (const section of document.querySelectorAll("main > section")) {
      show(section, all || section.querySelector(".topic:not([hidden])") !== null);
    }
    found.textContent = all ? "" : number.format(hits) + " of " + number.format(rows);
  };
  let waiting = 0;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(narrow, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); narrow(); });
  filters?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    narrow();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); input.focus(); }
    if (event.key === "Escape" && document.activeElement === input && input.value !== "") { input.value = ""; narrow(); }
  });
  form.hidden = false;
  if (filters) filters.hidden = false;
  // On paper every list is open, as long as it may be.
  let closed = [];
  addEventListener("beforeprint", () => { closed = Array.from(document.querySelectorAll("details:not([open])")); for (const d of closed) d.open = true; });
  addEventListener("afterprint", () => { for (const d of closed) d.open = false; });
})();
