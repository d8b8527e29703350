// What every page shares: the two languages, numbers and days as each writes them, elements made of text, data files.
"use strict";
window.tinhuy = (function () {
  const messages = window.tinhuyMessages;
  const listeners = [];
  const zone = "Asia/Ho_Chi_Minh";

  function language() {
    return document.documentElement.lang === "en" ? "en" : "vi";
  }

  function locale() {
    return language() === "en" ? "en-GB" : "vi-VN";
  }

  function number(value, digits) {
    return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits === undefined ? 6 : digits }).format(value);
  }

  function has(key) {
    return Object.hasOwn(messages, key);
  }

  function t(key, values) {
    let text = messages[key][language()];
    for (const [name, value] of Object.entries(values || {})) {
      text = text.replaceAll("{" + name + "}", () => (typeof value === "number" ? number(value) : String(value)));
    }
    return text;
  }

  // The word for a value of a closed list, the value itself where there is none.
  function term(group, value) {
    const key = group + "." + value;
    return has(key) ? t(key) : value;
  }

  // The unit of a value, base units in words: `VND/người/year` is `đồng/người/năm`.
  function unit(text) {
    return text.split("/").map((part, n) => {
      const word = term("unit", part);
      return n && language() === "en" && word !== part ? word.replace(/s$/, "") : word;
    }).join("/");
  }

  // Days are days of Vietnam's calendar and have no zone; only times are converted.
  function day(iso) {
    const [year, month, date] = iso.split("-");
    if (language() === "vi") return date + "/" + month + "/" + year;
    const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    return Number(date) + " " + names[Number(month) - 1] + " " + year;
  }

  function moment(iso) {
    const parts = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }).formatToParts(new Date(iso));
    const part = Object.fromEntries(parts.map((p) => [p.type, p.value]));
    return part.hour + ":" + part.minute + " " + day(part.year + "-" + part.month + "-" + part.day);
  }

  function when(iso) {
    return iso.length > 10 ? moment(iso) : day(iso);
  }

  // An element; children are elements or text, never markup.
  function el(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "class") element.className = value;
      else element.setAttribute(key, value === true ? "" : String(value));
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  // Only addresses of the web become links; whatever else a page offered stays text.
  function outside(address, text, attributes) {
    let url = null;
    try {
      url = new URL(address);
    } catch (error) {
      url = null;
    }
    if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
      return el("span", attributes, text + (text === address ? "" : " (" + address + ")"));
    }
    return el("a", { ...attributes, href: url.href, rel: "noreferrer nofollow noopener" }, text);
  }

  function translate(root) {
    for (const element of root.querySelectorAll("[data-t]")) {
      const values = element.dataset.a ? JSON.parse(element.dataset.a) : {};
      element.textContent = t(element.dataset.t, values);
    }
    for (const name of ["aria-label", "placeholder", "data-label"]) {
      for (const element of root.querySelectorAll("[data-t-" + name + "]")) {
        const values = element.dataset.a ? JSON.parse(element.dataset.a) : {};
        element.setAttribute(name, t(element.getAttribute("data-t-" + name), values));
      }
    }
    for (const element of root.querySelectorAll("[data-n]")) element.textContent = number(Number(element.dataset.n));
    for (const element of root.querySelectorAll("time[datetime]")) element.textContent = when(element.dateTime);
  }

  function speak(chosen) {
    document.documentElement.lang = chosen;
    try {
      localStorage.setItem("tinhuy-language", chosen);
    } catch (error) {
      // Not remembered, then; the page itself works.
    }
    retell();
  }

  function retell() {
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language()));
    }
    translate(document);
    for (const listener of listeners) listener();
  }

  function fetchable() {
    return location.protocol === "http:" || location.protocol === "https:";
  }

  // Data files are gzip; a server that announces them as such has them unpacked by the browser already.
  async function load(path) {
    const response = await fetch(path);
    if (!response.ok) throw new Error(path + ": " + response.status);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return JSON.parse(new TextDecoder().decode(bytes));
    if (typeof DecompressionStream === "undefined") throw new Error(t("site.old_browser"));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  function data() {
    return JSON.parse(document.getElementById("data").textContent);
  }

  function complain(element, ...children) {
    element.replaceChildren(...children);
    element.hidden = false;
  }

  // What to do where a browser opens this page straight from disk, where it may read no file.
  function needsServer(element) {
    complain(element, t("site.needs_server") + " ", el("code", {}, "tinhuy site --open"));
  }

  function lateness() {
    const late = document.getElementById("late");
    if (!late) return;
    const hours = Math.floor((Date.now() - Date.parse(late.dataset.since)) / 3600000);
    late.hidden = !(hours >= 30);
    if (!late.hidden) late.textContent = t("night.late", { n: hours });
  }

  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => speak(button.dataset.language));
  }
  listeners.push(lateness);
  if (language() === "en") retell();
  else lateness();

  return {
    language, locale, number, t, term, unit, day, moment, when, el, outside, fetchable, load, data, complain, needsServer,
    onLanguage: (listener) => listeners.push(listener),
  };
})();
