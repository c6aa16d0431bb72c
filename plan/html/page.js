"use strict";
(() => {
  const form = document.querySelector(".search");
  const input = document.getElementById("q");
  const found = document.querySelector(".found");
  const number = new Intl.NumberFormat("en");
  const fold = (s) => s.normalize("NFC").toLowerCase();
  // What is searched is collected at the first search, and not before.
  let topics = null;
  const collect = () => Array.from(document.querySelectorAll(".topic"), (topic) => ({
    topic,
    details: topic.querySelector("details"),
    head: fold((topic.querySelector("h3").textContent + " " + (topic.querySelector("p.remedy")?.textContent ?? ""))),
    rows: Array.from(topic.querySelectorAll(".rows > li"), (row) => ({ row, text: fold(row.textContent) })),
    wasOpen: topic.querySelector("details")?.open ?? false,
  }));
  const show = (element, visible) => { if (element.hidden === visible) element.hidden = !visible; };
  const search = () => {
    topics ??= collect();
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const has = (text) => words.every((word) => text.includes(word));
    let hits = 0, all = 0;
    for (const t of topics) {
      const whole = words.length > 0 && has(t.head);
      let inside = 0;
      for (const r of t.rows) {
        const hit = whole || has(r.text);
        show(r.row, hit);
        if (hit) inside++;
      }
      all += t.rows.length;
      hits += inside;
      show(t.topic, words.length === 0 || whole || inside > 0);
      if (t.details) t.details.open = words.length === 0 ? t.wasOpen : inside > 0;
    }
    // What was found stands at the top.
    for (const section of document.querySelectorAll("main > section")) {
      show(section, words.length === 0 || section.querySelector(".topic:not([hidden])") !== null);
    }
    found.textContent = words.length === 0 ? "" : number.format(hits) + " of " + number.format(all);
  };
  let waiting = 0;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); input.focus(); }
    if (event.key === "Escape" && document.activeElement === input && input.value !== "") { input.value = ""; search(); }
  });
  form.hidden = false;
  // On paper the lists are open that somebody would read on paper.
  const readable = 200;
  let closed = [];
  addEventListener("beforeprint", () => { closed = Array.from(document.querySelectorAll("details:not([open])")).filter((d) => d.querySelectorAll("li").length <= readable); for (const d of closed) d.open = true; });
  addEventListener("afterprint", () => { for (const d of closed) d.open = false; });
})();
