// The list of articles: what is asked for goes to the worker, what it finds is shown a page at a time.
"use strict";
(function () {
  const { t, term, el, day, number } = tinhuy;
  const PAGE = 50;
  const data = tinhuy.data();
  const form = document.getElementById("search");
  const results = document.getElementById("results");
  const status = document.getElementById("status");
  const more = document.getElementById("more");
  const message = document.getElementById("message");
  const fields = ["q", "portal", "province", "from", "to", "flag"];
  let most = PAGE;
  let serial = 0;
  let last = null;
  let worker = null;
  let timer = 0;

  function input(name) {
    return document.getElementById(name);
  }

  function wishes() {
    return Object.fromEntries(fields.map((name) => [name, input(name).value]));
  }

  function fromAddress() {
    const asked = new URLSearchParams(location.search);
    for (const name of fields) input(name).value = asked.get(name) || "";
    return fields.some((name) => input(name).value);
  }

  function toAddress() {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(wishes())) if (value) asked.set(name, value);
    const text = asked.toString();
    history.replaceState(null, "", text ? "?" + text : location.pathname);
  }

  function start() {
    if (worker) return;
    worker = new Worker("static/search-worker.js");
    worker.onmessage = (event) => {
      if (event.data.type === "failed") {
        tinhuy.complain(message, t("site.failed", { what: event.data.what }));
      } else if (event.data.serial === serial) {
        last = event.data;
        show();
      }
    };
    worker.onerror = (event) => tinhuy.complain(message, t("site.failed", { what: event.message || "worker" }));
    worker.postMessage({ type: "open", total: data.total, blocks: data.blocks });
  }

  function ask() {
    start();
    serial++;
    worker.postMessage({ type: "ask", serial, most, ...wishes() });
  }

  function changed() {
    most = PAGE;
    toAddress();
    ask();
  }

  function row(item) {
    const about = [el("span", { lang: "vi" }, data.portals[item.portal] || item.portal), " · "];
    const date = el("time", { datetime: item.day }, day(item.day));
    if (item.dated === 1) about.push(date);
    else about.push(t("site.unknown_day"), " (", t(item.dated === 2 ? "art.not_before" : "art.not_after"), " ", date, ")");
    if (item.province) about.push(" · ", el("span", { lang: "vi" }, data.provinces[item.province] || item.province));
    const flags = item.flags.map((flag) => el("span", { class: "tag" }, term("flag", flag)));
    return el("li", {},
      el("h3", {}, el("a", { href: "article.html?id=" + encodeURIComponent(item.id), lang: "vi" }, item.title)),
      item.lead ? el("p", { class: "lead", lang: "vi" }, item.lead) : null,
      el("p", { class: "quiet" }, about, flags.length ? " " : null, flags));
  }

  function show() {
    if (!last) return;
    const { found, rows, loaded, total, complete } = last;
    const empty = fields.every((name) => !input(name).value);
    if (!complete) status.textContent = t("art.count_partial", { n: found, loaded, total });
    else if (empty) status.textContent = t("art.newest_first", { total });
    else status.textContent = found === 1 ? t("art.count_one") : t("art.count", { n: found });
    status.dataset.milliseconds = last.milliseconds;
    status.dataset.complete = String(complete);
    status.dataset.found = found;
    status.dataset.q = input("q").value;
    if (!rows.length && complete) results.replaceChildren(el("li", { class: "nothing" }, t("art.nothing")));
    else results.replaceChildren(...rows.map(row));
    more.hidden = rows.length >= found;
  }

  function flagNames() {
    for (const option of input("flag").querySelectorAll("[data-flag]")) {
      option.textContent = term("flag", option.dataset.flag) + " (" + number(Number(option.dataset.count)) + ")";
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changed();
  });
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, 20);
  });
  // The list is on its way before the first letter is typed.
  form.addEventListener("focusin", () => {
    if (!tinhuy.fetchable()) return;
    start();
    worker.postMessage({ type: "load", blocks: data.blocks.length });
  });
  more.addEventListener("click", () => {
    const next = results.children.length;
    most += PAGE;
    ask();
    const focus = new MutationObserver(() => {
      if (results.children.length > next) {
        results.children[next].querySelector("a").focus();
        focus.disconnect();
      }
    });
    focus.observe(results, { childList: true });
  });
  window.addEventListener("popstate", () => {
    fromAddress();
    ask();
  });
  tinhuy.onLanguage(() => {
    flagNames();
    show();
  });
  flagNames();
  if (!tinhuy.fetchable()) tinhuy.needsServer(message);
  else if (fromAddress()) ask();
  else more.hidden = data.total <= results.children.length;
})();
