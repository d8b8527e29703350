// An indicator over provinces and periods. Chart and table are drawn from the same list of points (`points()`).
//
// The rule for provinces, which never counts a territory twice:
//   as reported: a province that 1 July 2025 merged is one series before and another after, even under one name;
//   joined: for each province of today and each period, its own value where there is one, else the sum of the old
//   provinces, and only when the indicator may be added and every one of them reports that very period.
"use strict";
(function () {
  const { t, term, unit, el, day, number } = tinhuy;
  const data = tinhuy.data();
  const form = document.getElementById("choice");
  if (!form) return;
  const $ = (id) => document.getElementById(id);
  const MOST = 8;
  const PAGE = 200;
  const KINDS = ["as_of", "day", "month", "quarter", "half", "nine_months", "year", "years", "other"];
  const SHAPES = ["circle", "rect", "triangle", "rectRot", "star", "crossRot", "rectRounded", "cross"];
  const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [], [6, 3], [2, 2], [8, 3, 2, 3]];
  let rows = [];
  let chosen = null; // series keys; null: the ones with most values
  let chart = null;
  let limit = PAGE;
  let drawn = { all: new Map(), series: [], hidden: 0, incomplete: new Map() };

  const about = () => data.indicators.find((one) => one.key === $("indicator").value);
  const nameOf = (one) => (tinhuy.language() === "en" ? one.en : one.vi);
  const old = data.provinces.filter((p) => p.scheme === "2008");
  const parts = new Map();
  for (const p of old) parts.set(p.successor, [...(parts.get(p.successor) || []), p.slug]);
  const names = new Map(data.provinces.map((p) => [p.scheme + "|" + p.slug, p.name]));
  const provinceName = (scheme, slug) => names.get(scheme + "|" + slug) || slug;
  const merged = (now) => (parts.get(now) || []).length > 1;
  const kindOf = (row) => {
    const [first, last] = [row.period_start, row.period_end];
    // What stands at the end of a year is told of that year: `đến hết năm 2022` beside `năm 2023`.
    if (!first) return last.endsWith("-12-31") ? "year" : "as_of";
    if (first === last) return "day";
    const [y, m, d] = first.split("-").map(Number);
    const [y2, m2, d2] = last.split("-").map(Number);
    const whole = d === 1 && d2 === new Date(Date.UTC(y2, m2, 0)).getUTCDate();
    if (!whole) return "other";
    if (y2 > y) return m === 1 && m2 === 12 ? "years" : "other";
    if (m === m2) return "month";
    if (m === 1 && m2 === 12) return "year";
    if (m === 1 && m2 === 9) return "nine_months";
    if ((m === 1 && m2 === 6) || (m === 7 && m2 === 12)) return "half";
    return m % 3 === 1 && m2 === m + 2 ? "quarter" : "other";
  };

  function periodText(row) {
    const [first, last] = [row.period_start, row.period_end];
    const [year, month] = last.split("-").map(Number);
    // Years are names, not amounts: they are not written with separators.
    const y = String(year);
    if (!first) return t("period.as_of_day", { day: day(last) });
    switch (row.kind) {
      case "day": return day(last);
      case "month": return t("period.in_month", { n: String(month), year: y });
      case "quarter": return t("period.in_quarter", { n: String(month / 3), year: y });
      case "half": return t("period.in_half", { which: t(month === 6 ? "period.first" : "period.last"), year: y });
      case "nine_months": return t("period.in_nine_months", { year: y });
      case "year": return t("period.in_year", { year: y });
      case "years": return t("period.in_years", { first: first.slice(0, 4), last: y });
      default: return t("period.span", { first: day(first), last: day(last) });
    }
  }

  function seriesOf(row) {
    if ($("view").value === "joined" || !merged(row.province_now)) return row.province_now;
    return row.scheme + "|" + row.province;
  }

  function seriesName(key) {
    const [scheme, slug] = key.includes("|") ? key.split("|") : ["2025", key];
    const name = names.get(scheme + "|" + slug) || provinceName("2008", slug);
    if (!key.includes("|")) return name;
    return t(scheme === "2008" ? "ind.old" : "ind.current", { name });
  }

  const periodKey = (row) => (row.kind === "year" ? row.period_end.slice(0, 4) : row.period_end + "|" + (row.period_start || ""));

  // A year told twice (`năm 2023`, `đến hết năm 2023`) is one point: the surer reading, then the one of the whole year.
  function oneEach(some) {
    const best = new Map();
    for (const row of some) {
      const key = [row.scheme, row.province, row.unit, periodKey(row)].join("|");
      const other = best.get(key);
      const better = !other || row.confidence - other.confidence || (row.period_start ? 1 : 0) - (other.period_start ? 1 : 0);
      if (better === true || better > 0) best.set(key, row);
    }
    return [...best.values()];
  }

  // Every series with its points, each point with the rows behind it.
  function allSeries() {
    const wanted = $("period").value;
    const joined = $("view").value === "joined";
    const found = new Map();
    const incomplete = new Map();
    let hidden = 0;
    const add = (key, point) => found.set(key, [...(found.get(key) || []), point]);
    const usable = rows.filter((row) => row.chosen && row.scope === "province");
    const shown = oneEach(usable.filter((row) => wanted === "all" || row.kind === wanted));
    hidden = usable.length - shown.length;
    const single = (row) => ({ key: seriesOf(row), row, value: row.value, rows: [row] });
    if (!joined) {
      for (const row of shown) add(seriesOf(row), single(row));
    } else {
      const groups = new Map();
      for (const row of shown) {
        const key = row.province_now + "|" + periodKey(row);
        groups.set(key, [...(groups.get(key) || []), row]);
      }
      for (const group of groups.values()) {
        const now = group[0].province_now;
        const own = group.find((row) => row.scheme === "2025") || (merged(now) ? null : group[0]);
        if (own) {
          add(now, single(own));
          continue;
        }
        const missing = (parts.get(now) || []).filter((slug) => !group.some((row) => row.province === slug));
        const same = new Set(group.map((row) => row.unit)).size === 1;
        if (about().additive && !missing.length && same) {
          const value = group.reduce((sum, row) => sum + row.value, 0);
          add(now, { key: now, row: group[0], value, rows: group, sum: true });
        } else {
          const which = missing.length && about().additive ? missing.map((slug) => provinceName("2008", slug)) : [seriesName(now)];
          incomplete.set(now + "|" + periodKey(group[0]), which);
        }
      }
    }
    for (const some of found.values()) some.sort((a, b) => a.row.period_end.localeCompare(b.row.period_end) || String(a.row.period_start).localeCompare(String(b.row.period_start)));
    return { found, hidden, incomplete };
  }

  const compare = new Intl.Collator("vi").compare;

  function points() {
    const { found, hidden, incomplete } = allSeries();
    const keys = [...found.keys()].sort((a, b) => compare(seriesName(a), seriesName(b)));
    let some = chosen ? keys.filter((key) => chosen.has(key)) : [];
    if (!some.length) {
      const most = [...keys].sort((a, b) => found.get(b).length - found.get(a).length || compare(a, b)).slice(0, 5);
      some = keys.filter((key) => most.includes(key));
    }
    return { keys, all: found, series: some.map((key) => ({ key, name: seriesName(key), points: found.get(key) })), hidden, incomplete };
  }

  function value(row, amount) {
    const hedge = row.qualifier === "exact" ? "" : t("qualifier." + row.qualifier) + " ";
    const of = row.denominator === null ? "" : "/" + number(row.denominator);
    return hedge + number(amount === undefined ? row.value : amount) + of;
  }

  const link = (row, text) => el("a", { href: "article.html?id=" + encodeURIComponent(row.article_id) + "#m-" + encodeURIComponent(row.figure_id), lang: "vi" }, text);
  const source = (row) => [el("span", { lang: "vi" }, data.portals[row.portal] || row.portal), row.published_on ? " · " + day(row.published_on) : ""];

  function reason(text) {
    const many = /^chosen_of_([0-9]+)/.exec(text);
    if (many) return t("reason.chosen_of", { n: Number(many[1]) });
    return term("reason", text);
  }

  function tableRow(name, point, passed) {
    const { row } = point;
    const sum = point.sum ? el("span", { class: "quiet more" }, t("ind.sum_of", { n: point.rows.length })) : null;
    const sentences = point.rows.map((one) => el("span", { class: "more sentence-link" },
      point.sum ? el("span", { class: "quiet" }, provinceName(one.scheme, one.province), ": ", value(one), " · ") : null, link(one, one.sentence)));
    const why = point.sum ? [] : [reason(row.reason)];
    const scope = row.scope === "province" ? null : el("span", { class: "quiet more" }, t("ind.scope", { scope: row.scope }));
    const flags = row.flags.map((flag) => el("span", { class: "tag" }, term("flag", flag)));
    return el("tr", { class: passed ? "passed" : null, "data-series": passed ? null : point.key, "data-end": row.period_end, "data-value": point.value },
      el("th", { scope: "row", lang: "vi" }, name, scope),
      el("td", { "data-label": t("ind.period_column") }, periodText(row)),
      el("td", { "data-label": t("ind.value"), class: "num" }, value(row, point.value), el("span", { class: "quiet more", lang: "vi" }, unit(row.unit)), sum),
      el("td", { "data-label": t("ind.sentence") }, sentences),
      el("td", { "data-label": t("ind.source") }, point.rows.map((one) => el("span", { class: "more" }, source(one)))),
      el("td", { "data-label": t("ind.why") }, why, flags.length ? " " : null, flags));
  }

  function drawTable() {
    const body = document.querySelector("#rows tbody");
    const others = $("others").checked;
    const name = nameOf(about());
    $("caption").textContent = t(others ? "ind.caption_others" : "ind.caption", { name });
    const list = [];
    for (const one of drawn.series) {
      for (const point of one.points) list.push([one.name, point, false]);
      if (!others) continue;
      const wanted = $("period").value;
      for (const row of rows) {
        if ((row.chosen && row.scope === "province") || seriesOf(row) !== one.key) continue;
        if (wanted === "all" || row.kind === wanted) list.push([one.name, { key: one.key, row, value: row.value, rows: [row] }, true]);
      }
    }
    body.replaceChildren(...list.slice(0, limit).map(([name, point, passed]) => tableRow(name, point, passed)));
    if (!list.length) body.append(el("tr", {}, el("td", { colspan: 6 }, t("ind.empty"))));
    $("more").hidden = list.length <= limit;
    const count = drawn.series.reduce((sum, one) => sum + one.points.length, 0);
    const told = [t("ind.shown", { rows: count, series: drawn.series.length })];
    if (drawn.hidden) told.push(t("ind.hidden", { n: drawn.hidden }));
    if (drawn.incomplete.size) {
      const which = [...new Set([...drawn.incomplete.values()].flat())].sort(compare).slice(0, 6).join(", ");
      told.push(about().additive ? t("ind.incomplete", { n: drawn.incomplete.size, which }) : "");
    }
    $("status").textContent = told.join(" ");
  }

  const time = (iso) => Date.parse(iso + "T00:00:00Z");

  function showPoint(point) {
    const one = point.rows[0];
    $("point").replaceChildren(
      el("p", {}, el("strong", { lang: "vi" }, seriesName(point.key)), ", ", periodText(point.row), ": ", el("strong", {}, value(one, point.value)), " ", el("span", { lang: "vi" }, unit(one.unit))),
      ...point.rows.map((row) => el("blockquote", {}, link(row, row.sentence), el("p", { class: "quiet source" }, source(row)))));
    $("point").hidden = false;
  }

  function drawChart() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const kind = document.querySelector("input[name=chart]:checked").value;
    const count = drawn.series.reduce((sum, one) => sum + one.points.length, 0);
    $("chart").setAttribute("aria-label", t("ind.chart_label", { name: nameOf(about()), rows: count, series: drawn.series.length }));
    if (kind !== "map" && !window.Chart) {
      // The library comes last, so that a slow line shows the table first.
      $("library").addEventListener("load", () => rows.length && drawChart(), { once: true });
      return;
    }
    if (chart) chart.destroy();
    $("figure").hidden = count === 0 || kind === "map";
    $("point").hidden = true;
    drawMap(kind === "map");
    if (!count || kind === "map") {
      chart = null;
      return;
    }
    const periods = new Map();
    for (const one of drawn.series) for (const point of one.points) periods.set(periodKey(point.row), point.row);
    const order = [...periods.keys()].sort();
    const ends = [...new Set([...periods.values()].map((row) => time(row.period_end)))].sort((a, b) => a - b);
    const every = Math.ceil(ends.length / 8);
    const labels = new Map([...periods.values()].map((row) => [time(row.period_end), row.kind === "year" ? row.period_end.slice(0, 4) : day(row.period_end)]));
    const datasets = drawn.series.map((one, n) => {
      const line = colour("--series-" + (n % MOST));
      const shared = { label: one.name, borderColor: line, backgroundColor: line, points: one.points };
      if (kind === "bar") {
        const cells = new Map(one.points.map((point) => [periodKey(point.row), point]));
        return { ...shared, data: order.map((key) => (cells.has(key) ? cells.get(key).value : null)), points: order.map((key) => cells.get(key) || null), maxBarThickness: 42 };
      }
      return { ...shared, data: one.points.map((point) => ({ x: time(point.row.period_end), y: point.value })), pointStyle: SHAPES[n % MOST], borderDash: DASHES[n % MOST], pointRadius: 5, pointHoverRadius: 8, borderWidth: 2, tension: 0 };
    });
    const ink = { color: colour("--ink-quiet"), font: { family: style.fontFamily, size: 13 } };
    const ticks = { ...ink, callback: (y) => number(y) };
    const x = kind === "bar"
      ? { type: "category", ticks: { ...ink, maxRotation: 0, autoSkip: true }, grid: { display: false }, border: { color: colour("--rule") } }
      : {
        type: "linear", ticks: { ...ink, maxRotation: 0, autoSkip: true, callback: (at) => labels.get(at) || "" }, grid: { color: colour("--rule") }, border: { color: colour("--rule") }, offset: false, grace: "4%",
        afterBuildTicks: (axis) => {
          axis.ticks = ends.filter((_, n) => n % every === 0).map((at) => ({ value: at }));
        },
      };
    chart = new Chart($("chart"), {
      type: kind,
      data: kind === "bar" ? { labels: order.map((key) => (periods.get(key).kind === "year" ? key : periodText(periods.get(key)))), datasets } : { datasets },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: kind === "bar" ? undefined : false, locale: tinhuy.locale(),
        interaction: { mode: "nearest", intersect: false },
        onClick: (event, hits) => {
          const point = hits.length ? chart.data.datasets[hits[0].datasetIndex].points[hits[0].index] : null;
          if (point) showPoint(point);
        },
        scales: { x, y: { ticks, beginAtZero: kind === "bar", grid: { color: colour("--rule") }, border: { display: false }, title: { display: true, text: unit(about().unit), color: colour("--ink-quiet") } } },
        plugins: {
          legend: { position: "bottom", labels: { color: colour("--ink"), usePointStyle: true, boxWidth: 8, boxHeight: 8, padding: 14, font: { family: style.fontFamily, size: 13 } } },
          tooltip: { callbacks: {
            title: (some) => { const point = some[0].dataset.points[some[0].dataIndex]; return periodText(point.row); },
            label: (one) => { const point = one.dataset.points[one.dataIndex]; return one.dataset.label + ": " + value(point.row, point.value) + " " + unit(point.row.unit); },
          } },
        },
      },
    });
  }

  const SHADES = 5;

  // One period on the tile map, every province that has a value in it, chosen or not.
  function drawMap(wanted) {
    const all = [...drawn.all.values()].flat();
    const periods = new Map();
    for (const point of all) periods.set(periodKey(point.row), [...(periods.get(periodKey(point.row)) || []), point]);
    $("map").hidden = !wanted || !periods.size;
    // The sentence stands where the eye is: beside the map, else under the chart.
    if ($("map").hidden) {
      $("map").after($("point"));
      return;
    }
    $("side").prepend($("point"));
    const order = [...periods.keys()].sort().reverse();
    const most = [...order].sort((a, b) => periods.get(b).length - periods.get(a).length)[0];
    const when = periods.has($("when").value) ? $("when").value : most;
    const label = (key) => (periods.get(key)[0].row.kind === "year" ? key : periodText(periods.get(key)[0].row)) + " (" + number(periods.get(key).length) + ")";
    $("when").replaceChildren(...order.map((key) => el("option", { value: key }, label(key))));
    $("when").value = when;
    const points = [...periods.get(when)].sort((a, b) => b.value - a.value || compare(seriesName(a.key), seriesName(b.key)));
    const low = points[points.length - 1].value;
    const step = (points[0].value - low) / SHADES;
    const shade = (value) => (step ? Math.min(SHADES - 1, Math.floor((value - low) / step)) : SHADES - 1);
    const told = (point) => value(point.rows[0], point.value) + " " + unit(point.row.unit);
    const rounded = (amount) => number(Number(amount.toPrecision(3)));
    const shades = step ? [...Array(SHADES).keys()] : [SHADES - 1];
    const range = (n) => (step ? rounded(low + n * step) + "–" + rounded(low + (n + 1) * step) : number(low));
    $("legend").replaceChildren(...shades.flatMap((n) => [el("span", { class: "key" }, el("span", { class: "swatch q" + n }), range(n)), " "]), unit(about().unit));
    const joined = $("view").value === "joined" || points[0].row.scheme === "2025";
    const slugOf = (point) => (joined ? point.row.province_now : point.row.province);
    const bySlug = new Map(points.map((point) => [slugOf(point), point]));
    const on = new Set(drawn.series.map((one) => one.key));
    const placed = data.provinces.filter((p) => p.tile && p.scheme === (joined ? "2025" : "2008"));
    placed.sort((a, b) => a.tile[0] - b.tile[0] || a.tile[1] - b.tile[1]);
    $("tiles").replaceChildren(...placed.map((p) => {
      const point = bySlug.get(p.slug);
      const name = el("span", { class: "tile-name", lang: "vi" }, p.name);
      const tile = point
        ? el("button", { type: "button", class: "tile q" + shade(point.value) + (on.has(point.key) ? " on" : ""), "data-key": point.key, "data-value": point.value, "aria-label": t("ind.map_tile", { name: p.name, value: told(point) }) }, name, el("span", { class: "tile-value" }, number(point.value)))
        : el("span", { class: "tile" }, name);
      [tile.style.gridRow, tile.style.gridColumn] = p.tile;
      if (point) tile.addEventListener("click", () => pick(point));
      return tile;
    }));
    $("ranks").replaceChildren(...points.map((point) => el("li", {}, el("span", { lang: "vi" }, names.get((joined ? "2025|" : "2008|") + slugOf(point)) || slugOf(point)), " ", el("strong", {}, told(point)))));
  }

  // A tile is a province to look at: its sentence is shown, and its series joins chart and table.
  function pick(point) {
    const on = new Set(drawn.series.map((one) => one.key));
    if (!on.has(point.key) && on.size < MOST) {
      chosen = on.add(point.key);
      draw();
      toAddress();
    }
    showPoint(point);
    const again = [...document.querySelectorAll("#tiles button")].find((tile) => tile.dataset.key === point.key);
    if (again) again.focus();
  }

  function drawProvinces(keys) {
    const on = new Set(drawn.series.map((one) => one.key));
    const focused = document.activeElement && document.activeElement.closest("#provinces") ? document.activeElement.value : null;
    const chips = keys.map((key) => {
      const box = el("input", { type: "checkbox", value: key });
      box.checked = on.has(key);
      box.disabled = !box.checked && on.size >= MOST;
      return el("label", { class: "chip" }, box, " ", el("span", { lang: "vi" }, seriesName(key)));
    });
    $("provinces").replaceChildren(...chips);
    const again = focused && [...document.querySelectorAll("#provinces input")].find((box) => box.value === focused);
    if (again) again.focus();
  }

  function drawAbout() {
    const one = about();
    const rule = [t($("view").value === "joined" ? "ind.rule_joined" : "ind.rule_reported")];
    if (!one.additive) rule.push(t("ind.rule_not_additive"));
    $("rule").textContent = rule.join(" ");
    $("about").replaceChildren(t("ind.unit", { unit: unit(one.unit) }), " · ", t(one.additive ? "ind.additive" : "ind.not_additive"));
  }

  function draw() {
    if (!rows.length) return;
    const { keys, ...rest } = points();
    drawn = rest;
    drawAbout();
    drawProvinces(keys);
    drawTable();
    drawChart();
  }

  function options() {
    const chosen = $("indicator").value;
    const ordered = [...data.indicators].sort((a, b) => (b.chosen > 0) - (a.chosen > 0) || compare(nameOf(a), nameOf(b)));
    $("indicator").replaceChildren(...ordered.map((one) => el("option", { value: one.key }, t("ind.option", { name: nameOf(one), n: one.chosen }))));
    if (chosen) $("indicator").value = chosen;
  }

  function kinds(asked) {
    const counts = new Map();
    for (const row of rows) if (row.chosen && row.scope === "province") counts.set(row.kind, (counts.get(row.kind) || 0) + 1);
    const there = KINDS.filter((kind) => counts.has(kind));
    // Values of unlike periods do not compare, so one kind is shown unless the most common one is a mixture itself.
    const common = [...there].sort((a, b) => counts.get(b) - counts.get(a))[0];
    const most = common && common !== "other" ? common : "all";
    const want = asked && (asked === "all" || counts.has(asked)) ? asked : most;
    $("period").replaceChildren(
      el("option", { value: "all" }, t("period.all")),
      ...there.map((kind) => el("option", { value: kind }, t("period." + kind) + " (" + number(counts.get(kind)) + ")")));
    $("period").value = want;
  }

  function toAddress() {
    const asked = new URLSearchParams({ i: $("indicator").value, k: $("period").value });
    if ($("view").value !== "reported") asked.set("v", $("view").value);
    const kind = document.querySelector("input[name=chart]:checked").value;
    if (kind !== "line") asked.set("c", kind);
    if (kind === "map" && $("when").value) asked.set("w", $("when").value);
    if (chosen) asked.set("p", [...chosen].join(","));
    history.replaceState(null, "", "?" + asked);
  }

  async function choose(asked) {
    const key = $("indicator").value;
    try {
      const told = await tinhuy.load("data/indicators/" + key + ".json.gz");
      if ($("indicator").value !== key) return;
      rows = told.rows.map((cells) => Object.fromEntries(told.columns.map((name, n) => [name, cells[n]])));
    } catch (error) {
      tinhuy.complain($("message"), t("site.failed", { what: String(error.message || error) }));
      return;
    }
    for (const row of rows) row.kind = kindOf(row);
    limit = PAGE;
    kinds(asked);
    draw();
    document.body.dataset.ready = key;
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  $("indicator").addEventListener("change", async () => {
    chosen = null;
    await choose();
    toAddress();
  });
  for (const id of ["period", "view"]) {
    $(id).addEventListener("change", () => {
      if (id === "view") chosen = null;
      draw();
      toAddress();
    });
  }
  for (const radio of document.querySelectorAll("input[name=chart]")) {
    radio.addEventListener("change", () => {
      drawChart();
      toAddress();
    });
  }
  $("provinces").addEventListener("change", () => {
    chosen = new Set([...document.querySelectorAll("#provinces input:checked")].map((box) => box.value));
    draw();
    toAddress();
  });
  $("when").addEventListener("change", () => {
    drawMap(true);
    toAddress();
  });
  $("others").addEventListener("change", drawTable);
  $("more").addEventListener("click", () => {
    limit += PAGE;
    drawTable();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => rows.length && drawChart());
  tinhuy.onLanguage(() => {
    options();
    if (rows.length) kinds($("period").value);
    draw();
  });

  options();
  const asked = new URLSearchParams(location.search);
  $("indicator").value = data.indicators.some((one) => one.key === asked.get("i")) ? asked.get("i") : data.indicators[0].key;
  if (asked.get("v") === "joined") $("view").value = "joined";
  if (["bar", "map"].includes(asked.get("c"))) document.querySelector("input[name=chart][value=" + asked.get("c") + "]").checked = true;
  if (asked.get("w")) $("when").replaceChildren(el("option", { value: asked.get("w") }, asked.get("w")));
  if (asked.get("p")) chosen = new Set(asked.get("p").split(","));
  if (!tinhuy.fetchable()) tinhuy.needsServer($("message"));
  else choose(asked.get("k"));
})();
