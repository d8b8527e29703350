// One article: its text with figures and citations marked, and beside it what each of them says.
//
// Offsets count code points, JavaScript's strings count UTF-16 units: the text is taken apart once, and every slice is
// a slice of that array.
"use strict";
(function () {
  const { t, term, el, day, when, number, outside } = tinhuy;
  const data = tinhuy.data();
  const message = document.getElementById("message");
  const UNSURE = 0.6;
  let record = null;
  let also = {};
  let points = [];
  let items = [];

  const usual = { writing: "digits", qualifier: "exact", change: "level", modality: "actual" };
  const get = (figure, name) => (figure[name] === undefined ? usual[name] : figure[name]);
  const flagsOf = (item) => item.flags || [];

  // Flags that say what was found right give no cause for doubt.
  const doubtful = (flags) => flags.some((flag) => !flag.endsWith("_ok") && flag !== "words");
  const unitOf = (row) => tinhuy.unit([row.unit, ...(row.per || [])].filter(Boolean).join("/"));

  function wanted() {
    const hash = location.hash.slice(1);
    return /^[mf]-/.test(hash) ? hash.slice(2) : "";
  }

  function collect() {
    const figures = (record.figures || []).map((figure) => ({ id: figure.figure_id, what: "figure", row: figure }));
    const citations = (record.citations || []).map((citation, n) => ({ id: "c" + n, what: "citation", row: citation }));
    items = [...figures, ...citations].sort((a, b) => a.row.start - b.row.start || b.row.end - a.row.end);
  }

  // Text between two offsets as nodes: a link for each marked piece, plain text between them.
  function marked(start, end, target) {
    const inside = items.filter((item) => item.row.start < end && item.row.end > start);
    const sentence = target ? [target.row.sentence_start, target.row.sentence_end] : [0, 0];
    const cuts = new Set([start, end]);
    for (const item of inside) cuts.add(Math.max(start, item.row.start)).add(Math.min(end, item.row.end));
    for (const cut of sentence) if (cut > start && cut < end) cuts.add(cut);
    const ordered = [...cuts].sort((a, b) => a - b);
    const nodes = [];
    for (let i = 0; i + 1 < ordered.length; i++) {
      const [from, to] = [ordered[i], ordered[i + 1]];
      const text = points.slice(from, to).join("");
      const over = inside.filter((item) => item.row.start <= from && item.row.end >= to);
      const here = from >= sentence[0] && to <= sentence[1];
      if (!over.length) {
        nodes.push(here ? el("span", { class: "sentence" }, text) : text);
        continue;
      }
      const item = over.find((one) => one === target) || over[over.length - 1];
      const unsure = doubtful(flagsOf(item.row)) || item.row.alt_value !== undefined || item.row.confidence < UNSURE;
      const names = ["mark", item.what, unsure ? "unsure" : "", here ? "sentence" : "", item === target ? "target" : ""];
      nodes.push(el("a", {
        class: names.filter(Boolean).join(" "), href: "#f-" + item.id, id: from === item.row.start ? "m-" + item.id : null,
        "data-item": item.id,
      }, text));
    }
    return nodes;
  }

  function drawText() {
    const target = items.find((item) => item.id === wanted());
    const headline = document.getElementById("headline");
    const body = document.getElementById("text");
    body.replaceChildren();
    let start = 0;
    let line = 0;
    while (start <= points.length) {
      let end = points.indexOf("\n", start);
      if (end < 0) end = points.length;
      const nodes = marked(start, end, target);
      if (line === 0) headline.replaceChildren(...nodes);
      else if (end > start) {
        const lead = line === 1 && record.lead && points.slice(start, end).join("") === record.lead;
        body.append(el("p", lead ? { class: "lead" } : {}, nodes));
      }
      start = end + 1;
      line++;
    }
  }

  function amount(figure) {
    const unit = unitOf(figure);
    const hedge = get(figure, "qualifier") === "exact" ? "" : t("qualifier." + figure.qualifier) + " ";
    if (figure.value === undefined && figure.value_max === undefined) return hedge + t("site.none") + (unit ? " " + unit : "");
    let shown = figure.value === undefined ? "" : number(figure.value);
    if (figure.value_max !== undefined) shown = (shown || "…") + "–" + number(figure.value_max);
    if (figure.denominator !== undefined) shown += "/" + number(figure.denominator);
    return hedge + shown + (unit ? " " + unit : "");
  }

  function period(row) {
    if (row.period_start && row.period_end) {
      return row.period_start === row.period_end ? day(row.period_end) : day(row.period_start) + " – " + day(row.period_end);
    }
    if (row.period_end) return t("one.open_start", { last: day(row.period_end) });
    return row.period_start ? t("one.open_end", { first: day(row.period_start) }) : "";
  }

  function pairs(...some) {
    const shown = some.filter(([, value]) => value !== undefined && value !== null && value !== "");
    return shown.length ? el("dl", { class: "pairs" }, shown.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))) : null;
  }

  function tags(flags) {
    return flags.length ? el("p", { class: "tags" }, flags.flatMap((flag) => [el("span", { class: "tag" }, term("flag", flag)), " "])) : null;
  }

  const vietnamese = (text) => (text === undefined || text === null || text === "" ? "" : el("span", { lang: "vi" }, text));

  function indicatorsOf(id) {
    const keys = (also.indicators || []).filter(([figure]) => figure === id).map(([, key]) => key);
    return [...new Set(keys)].map((key, n) => [
      n ? ", " : "",
      el("a", { href: "indicators.html?i=" + encodeURIComponent(key) }, (data.indicators[key] || [key, key])[tinhuy.language() === "en" ? 1 : 0]),
    ]).flat();
  }

  function figureEntry(item) {
    const row = item.row;
    const kind = [t("kind." + row.kind)];
    if (get(row, "change") !== "level") kind.push(t("change." + row.change));
    if (get(row, "modality") !== "actual") kind.push(t("modality." + row.modality));
    if (get(row, "writing") !== "digits") kind.push(t("writing." + row.writing));
    const found = indicatorsOf(item.id);
    return el("li", { id: "f-" + item.id, class: item.id === wanted() ? "entry target" : "entry" },
      el("p", { class: "entry-head" },
        el("a", { href: "#m-" + item.id, class: "surface", lang: "vi", title: t("one.in_text") }, row.surface),
        " ", el("strong", { lang: "vi" }, amount(row)), " ", el("span", { class: "quiet" }, kind.join(", "))),
      pairs(
        [t("one.alternative"), row.alt_value === undefined ? "" : number(row.alt_value)],
        [t("one.period"), period(row)],
        [t("one.category"), vietnamese(row.category)],
        [t("one.place"), vietnamese(row.place)],
        [t("one.scope"), vietnamese(row.scope)],
        [t("one.indicator"), found.length ? el("span", { lang: tinhuy.language() }, found) : ""],
        [t("one.confidence"), row.confidence < UNSURE ? number(row.confidence, 2) : ""]),
      tags(flagsOf(row)));
  }

  function citationEntry(item) {
    const row = item.row;
    return el("li", { id: "f-" + item.id, class: item.id === wanted() ? "entry target" : "entry" },
      el("p", { class: "entry-head" },
        el("a", { href: "#m-" + item.id, class: "surface", lang: "vi", title: t("one.in_text") }, row.surface), " ",
        el("strong", { lang: "vi" }, row.type + " " + row.key)),
      pairs(
        [t("one.issuer"), vietnamese(row.issuer)],
        [t("one.date"), row.date ? day(row.date) : ""],
        [t("one.relation"), row.relation ? vietnamese(row.relation + (row.related_key ? " " + row.related_key : "")) : ""],
        [t("one.document"), el("code", {}, row.document_id)]),
      tags(flagsOf(row)));
  }

  function list(key, some, entry) {
    return some.length ? el("section", {}, el("h2", {}, t(key, { n: some.length })), el("ol", { class: "entries" }, some.map(entry))) : null;
  }

  function placesSection() {
    const seen = new Map();
    for (const place of record.places || []) {
      const key = place.surface + "|" + (place.place_id || (place.candidates || []).join("|"));
      if (!seen.has(key)) seen.set(key, { ...place, times: 0 });
      seen.get(key).times++;
    }
    if (!seen.size) return null;
    const entries = [...seen.values()].map((place) => el("li", {},
      el("span", { lang: "vi" }, place.surface), " ",
      el("span", { class: "quiet" }, t("level." + place.level), place.times > 1 ? " ×" + place.times : "", ": ",
        place.place_id ? el("code", {}, place.place_id) : t("one.candidates", { which: (place.candidates || []).join(", ") || t("site.none") }))));
    return el("section", {}, el("h2", {}, t("one.places", { n: seen.size })), el("ul", { class: "plain" }, entries));
  }

  function drawBeside() {
    document.getElementById("beside").replaceChildren(...[
      list("one.figures", items.filter((item) => item.what === "figure"), figureEntry),
      list("one.citations", items.filter((item) => item.what === "citation"), citationEntry),
      placesSection(),
    ].filter(Boolean));
  }

  function tablesSection() {
    const tables = new Map();
    for (const cell of record.table_cells || []) {
      if (!tables.has(cell.table)) tables.set(cell.table, []);
      tables.get(cell.table).push(cell);
    }
    if (!tables.size) return null;
    const shown = [...tables.entries()].sort(([a], [b]) => a - b).map(([n, cells]) => {
      const rows = new Map();
      for (const cell of cells) {
        if (!rows.has(cell.row)) rows.set(cell.row, new Map());
        rows.get(cell.row).set(cell.column, cell);
      }
      const width = Math.min(200, Math.max(...cells.map((cell) => cell.column)) + 1);
      const body = [...rows.keys()].sort((a, b) => a - b).map((r) => el("tr", {}, Array.from({ length: width }, (_, c) => {
        const cell = rows.get(r).get(c);
        if (!cell) return el("td", {});
        const means = cell.value === undefined ? "" : [number(cell.value), unitOf(cell)].filter(Boolean).join(" ");
        return el("td", { class: cell.value === undefined ? null : "num" }, cell.text, means && means !== cell.text ? el("span", { class: "quiet more" }, "= " + means) : null);
      })));
      const name = t("one.table", { n: n + 1 });
      return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name },
        el("table", {}, el("caption", { lang: tinhuy.language() }, name), el("tbody", { lang: "vi" }, body)));
    });
    return el("section", {}, el("h2", {}, t("one.tables")), shown);
  }

  function linkSection(key, some, text) {
    if (!some || !some.length) return null;
    return el("section", {}, el("h2", {}, t(key, { n: some.length })),
      el("ul", { class: "plain" }, some.map((one, n) => el("li", {}, outside(one.url, text(one, n), { lang: "vi" })))));
  }

  function copiesSection() {
    if (!also.copies) return null;
    return el("section", {}, el("h2", {}, t("one.copies")), el("ul", { class: "plain" }, also.copies.map((copy) => {
      const portal = data.portals[copy.portal] || copy.portal;
      const text = copy.original ? t("one.original_copy", { portal }) : t("one.copy", { portal, percent: number(copy.similarity * 100, 0) });
      return el("li", {}, copy.id === record.article_id ? text + " (" + t("one.this") + ")" : el("a", { href: "article.html?id=" + copy.id }, text));
    })));
  }

  function checksSection() {
    if (!also.checks) return null;
    return el("section", {}, el("h2", {}, t("one.checks")), el("ul", { class: "plain" }, also.checks.map((check) =>
      el("li", {}, el("span", { class: "tag " + check.verdict }, t("one." + check.verdict)), " ", el("span", { lang: "vi" }, check.arithmetic)))));
  }

  function dated() {
    if (record.published_at) return when(record.published_at);
    if (record.published_on) return day(record.published_on);
    if (record.published_before && record.published_after) {
      return t("one.between", { first: day(record.published_after), last: day(record.published_before) });
    }
    return record.published_before ? t("one.before", { last: day(record.published_before) }) : t("site.unknown_day");
  }

  const provinceName = (slug) => data.provinces[slug] || slug;

  function aboutSection() {
    let province = "";
    if (record.province) {
      province = el("span", {}, vietnamese(provinceName(record.province)));
      if (record.province_now && record.province_now !== record.province) province.append(" (" + t("one.now", { name: provinceName(record.province_now) }) + ")");
    }
    const flags = record.flags || [];
    return el("section", { class: "about" }, el("h2", {}, t("one.about")), pairs(
      [t("one.published"), dated()],
      [t("one.evidence"), t("evidence." + record.published_evidence)],
      [t("one.author"), record.author ? vietnamese([record.author, ...(record.author_roles || [])].join(", ")) : ""],
      [t("one.credited"), vietnamese(record.credited_source)],
      [t("one.section"), vietnamese(record.section)],
      [t("one.tags"), vietnamese((record.tags || []).join(", "))],
      [t("one.province"), province],
      [t("one.layout"), record.layout ? el("code", {}, record.layout) : t("one.generic")],
      [t("one.fetched"), when(record.fetched_at)],
      [t("one.package"), el("code", {}, record.package)]), tags(flags));
  }

  function drawExtras() {
    document.getElementById("extras").replaceChildren(...[
      tablesSection(),
      linkSection("one.images", record.images, (image, n) => image.caption || t("one.image", { n: n + 1 })),
      linkSection("one.attachments", record.attachments, (file) => file.name || file.url),
      copiesSection(), checksSection(), aboutSection(),
    ].filter(Boolean));
    const byline = document.getElementById("byline");
    byline.replaceChildren(vietnamese(data.portals[record.portal] || record.portal), " · ", dated(), " · ", outside(record.url, t("one.original")));
  }

  function draw() {
    if (!record) return;
    document.title = record.title + " · tinhuy";
    document.getElementById("article").hidden = false;
    drawText();
    drawBeside();
    drawExtras();
  }

  function go() {
    const hash = location.hash.slice(1);
    const element = hash && document.getElementById(hash);
    if (!element || !/^[mf]-/.test(hash)) return;
    const focus = hash.startsWith("f-") ? element.querySelector("a.surface") : element;
    focus.focus({ preventScroll: true });
    element.scrollIntoView({ block: "center" });
  }

  async function start() {
    const id = new URLSearchParams(location.search).get("id") || "";
    const headline = document.getElementById("headline");
    if (!/^[0-9a-f]{16}$/.test(id)) {
      headline.textContent = t("art.heading");
      return tinhuy.complain(message, t("one.no_id"));
    }
    if (!tinhuy.fetchable()) {
      headline.textContent = t("art.heading");
      return tinhuy.needsServer(message);
    }
    try {
      const found = (await tinhuy.load("data/find/" + id.slice(0, 2) + ".json.gz"))[id];
      if (!found) throw new Error("404");
      also = found;
      record = (await tinhuy.load("data/articles/" + found.at + ".json.gz"))[id];
    } catch (error) {
      headline.textContent = t("art.heading");
      const missing = /404$/.test(String(error.message));
      return tinhuy.complain(message, missing ? t("one.missing") : t("site.failed", { what: String(error.message || error) }));
    }
    points = Array.from(record.text);
    collect();
    draw();
    go();
  }

  window.addEventListener("hashchange", () => {
    if (!record) return;
    drawText();
    drawBeside();
    go();
  });
  tinhuy.onLanguage(draw);
  start();
})();
