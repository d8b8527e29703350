// Search over the list of articles, off the page's thread.
//
// Blocks of the list come newest first. Each is folded into one long string of plain letters (accents gone, đ as d),
// one line an article: title, lead, section, numbers of cited documents. A query is found by scanning these strings,
// which V8 does at gigabytes a second. What must hold for an article: every word stands in it, whole words but for the
// last one, which may be a beginning. Articles that have the words together in the title come first, then all in the
// title, then the rest; those with the very accents that were typed before others; within that, newest first.
"use strict";

const FIELD = "\u0001";
const WANTED = 4;

// Folding table: code unit to the byte that stands for it; 0 drops it (combining marks), 32 separates words.
const TABLE = new Uint8Array(0x10000).fill(32);
for (let code = 0; code < 0x2100; code++) {
  const letter = String.fromCharCode(code);
  if (code >= 0x300 && code < 0x370) {
    TABLE[code] = 0;
    continue;
  }
  const base = letter.normalize("NFD")[0].toLowerCase();
  const folded = base === "đ" || base === "ð" ? "d" : base;
  if (/^[a-z0-9]$/.test(folded)) TABLE[code] = folded.charCodeAt(0);
}
TABLE[0x00ad] = 0; // soft hyphen
TABLE[0x200b] = 0; // zero-width space
for (const code of [0x110, 0x111, 0xd0, 0xf0]) TABLE[code] = 100;

const decoder = new TextDecoder("latin1");
let names = {};
let blocks = [];
let loaded = 0;
let total = 0;
let pending = [];
let running = 0;
let query = null;
let timer = 0;

function foldInto(bytes, at, text) {
  let last = 32;
  bytes[at++] = 32;
  for (let i = 0; i < text.length; i++) {
    const byte = TABLE[text.charCodeAt(i)];
    if (byte === 0 || (byte === 32 && last === 32)) continue;
    bytes[at++] = last = byte;
  }
  if (last !== 32) bytes[at++] = 32;
  return at;
}

function fold(text) {
  const bytes = new Uint8Array(text.length + 2);
  return decoder.decode(bytes.subarray(0, foldInto(bytes, 0, text)));
}

async function read(path) {
  const response = await fetch("../" + path);
  if (!response.ok) throw new Error(path + ": " + response.status);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return JSON.parse(new TextDecoder().decode(bytes));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

function prepare(data) {
  const count = data.id.length;
  let room = 0;
  for (let i = 0; i < count; i++) {
    const section = data.names.section[data.section[i]];
    room += data.title[i].length + data.lead[i].length + section.length + data.documents[i].length + 16;
  }
  const bytes = new Uint8Array(room);
  const starts = new Uint32Array(count + 1);
  const titles = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    starts[i] = at;
    at = foldInto(bytes, at, data.title[i]);
    bytes[at++] = 1;
    titles[i] = at;
    at = foldInto(bytes, at, data.lead[i]);
    bytes[at++] = 1;
    at = foldInto(bytes, at, data.names.section[data.section[i]]);
    bytes[at++] = 1;
    at = foldInto(bytes, at, data.documents[i]);
    bytes[at++] = 10;
  }
  starts[count] = at;
  const flags = data.flags.map((flags) => "|" + flags + "|");
  return { data, count, text: decoder.decode(bytes.subarray(0, at)), starts, titles, flags };
}

// Rows of a block that hold `needle`, of those in `rows` (all when null). Few rows are looked at one by one, many by one
// scan over the whole block.
function holding(block, needle, rows) {
  const found = [];
  if (rows && rows.length * 4 < block.count) {
    for (const row of rows) {
      if (block.text.slice(block.starts[row], block.starts[row + 1]).includes(needle)) found.push(row);
    }
    return found;
  }
  let row = 0;
  let at = block.text.indexOf(needle);
  while (at >= 0) {
    // The row is close when hits are many and far when they are few.
    let step = 1;
    while (row + step < block.count && block.starts[row + step] <= at) {
      row += step;
      step *= 2;
    }
    while (step > 1) {
      step >>= 1;
      if (row + step < block.count && block.starts[row + step] <= at) row += step;
    }
    found.push(row);
    at = block.text.indexOf(needle, block.starts[row + 1]);
  }
  if (!rows) return found;
  const mask = new Uint8Array(block.count);
  for (const one of rows) mask[one] = 1;
  return found.filter((one) => mask[one]);
}

function parse(text) {
  const phrases = [];
  let rest = "";
  let inside = false;
  for (const piece of text.split(/["“”]/)) {
    const folded = fold(piece);
    if (inside && folded.trim()) phrases.push(folded);
    else if (!inside) rest += " " + piece;
    inside = !inside;
  }
  const words = fold(rest).trim().split(" ").filter(Boolean);
  const needles = words.map((word, n) => (n === words.length - 1 ? " " + word : " " + word + " "));
  // The rarest first, by what the newest block holds: it leaves few articles to look the others up in.
  const ordered = [...new Set([...phrases, ...needles])];
  const sample = blocks.find(Boolean);
  if (sample && ordered.length > 1) {
    const often = new Map(ordered.map((needle) => [needle, holding(sample, needle, null).length]));
    ordered.sort((a, b) => often.get(a) - often.get(b));
  }
  return { needles, ordered, all: fold(rest).trimEnd(), raw: text.normalize("NFC").replace(/["“”]/g, "").trim().toLowerCase() };
}

// Rows that the filters leave; null for all of them.
function filtered(block, wish) {
  const { data, count } = block;
  const tests = [];
  if (wish.portal) {
    const place = data.names.portal.indexOf(wish.portal);
    tests.push((i) => data.portal[i] === place);
  }
  if (wish.province) {
    const then = data.names.province.indexOf(wish.province);
    const now = data.names.province_now.indexOf(wish.province);
    tests.push((i) => data.province[i] === then || data.province_now[i] === now);
  }
  if (wish.from || wish.to) {
    const good = data.names.day.map((day) => (!wish.from || day >= wish.from) && (!wish.to || day <= wish.to));
    tests.push((i) => good[data.day[i]]);
  }
  if (wish.flag === "undated") tests.push((i) => data.dated[i] !== 1);
  else if (wish.flag === "-") tests.push((i) => block.flags[i] === "||");
  else if (wish.flag) tests.push((i) => block.flags[i].includes("|" + wish.flag.slice(1) + "|"));
  if (!tests.length) return null;
  const rows = [];
  for (let i = 0; i < count; i++) if (tests.every((test) => test(i))) rows.push(i);
  return rows;
}

// Adds the articles found in a block to `hits`, by rank 0 to 3: the lower the better.
function searchBlock(block, wish, asked, hits) {
  let rows = filtered(block, wish);
  for (const needle of asked.ordered) {
    if (rows && !rows.length) return 0;
    rows = holding(block, needle, rows);
  }
  const ranked = asked.all.length > 1;
  const together = new Uint8Array(block.count);
  if (ranked) for (const i of holding(block, asked.all, rows)) together[i] = 1;
  const count = rows ? rows.length : block.count;
  for (let n = 0; n < count; n++) {
    const i = rows ? rows[n] : n;
    let rank = 0;
    if (ranked) {
      const title = block.text.slice(block.starts[i], block.titles[i]);
      if (together[i]) rank = title.includes(asked.all) ? 0 : 2;
      else rank = asked.needles.every((needle) => title.includes(needle)) ? 1 : 3;
    }
    hits[rank].push(block, i);
  }
  return count;
}

// Letters typed faster than answers come, and blocks that come in one after another, are answered once.
function soon(wait) {
  if (timer && wait) return;
  clearTimeout(timer);
  timer = setTimeout(answer, wait);
}

function answer() {
  timer = 0;
  if (!query) return;
  const began = performance.now();
  const asked = parse(query.q);
  const hits = [[], [], [], []];
  let found = 0;
  for (const block of blocks) if (block) found += searchBlock(block, query, asked, hits);
  const accented = asked.raw && /[^\u0000-\u007f]/.test(asked.raw) ? asked.raw : "";
  const rows = [];
  for (const rank of hits) {
    // Pairs of block and row: those with the accents as typed, then the others; no more of each than are shown.
    const exact = [];
    const others = [];
    for (let i = 0; i < rank.length && exact.length < 2 * query.most; i += 2) {
      const [block, row] = [rank[i], rank[i + 1]];
      const some = !accented || block.data.title[row].toLowerCase().includes(accented) ? exact : others;
      if (some.length < 2 * query.most) some.push(block, row);
    }
    const ordered = exact.concat(others);
    for (let i = 0; i < ordered.length && rows.length < query.most; i += 2) rows.push(shown(ordered[i], ordered[i + 1]));
  }
  const milliseconds = performance.now() - began;
  postMessage({ type: "found", serial: query.serial, found, rows, loaded, total, milliseconds, complete: loaded === total });
}

function shown(block, i) {
  const { data } = block;
  return {
    id: data.id[i], title: data.title[i], lead: data.lead[i], dated: data.dated[i], day: data.names.day[data.day[i]],
    portal: data.names.portal[data.portal[i]], province: data.names.province[data.province[i]],
    section: data.names.section[data.section[i]], flags: data.flags[i] ? data.flags[i].split("|") : [],
  };
}

function pump() {
  while (running < WANTED && pending.length) {
    const { file, place, articles } = pending.shift();
    running++;
    read(file).then((data) => {
      blocks[place] = prepare(data);
      loaded += articles;
      running--;
      soon(loaded === total ? 0 : 100);
      pump();
    }).catch((error) => {
      running--;
      postMessage({ type: "failed", what: String(error.message || error) });
    });
  }
}

onmessage = (event) => {
  const wish = event.data;
  if (wish.type === "open") {
    total = wish.total;
    blocks = new Array(wish.blocks.length).fill(null);
    names.blocks = wish.blocks;
    names.asked = 0;
  }
  if (wish.type === "load" || wish.type === "ask") {
    const until = wish.type === "load" ? wish.blocks : names.blocks.length;
    for (; names.asked < until && names.asked < names.blocks.length; names.asked++) {
      const block = names.blocks[names.asked];
      pending.push({ file: block.file, place: names.asked, articles: block.articles });
    }
    pump();
  }
  if (wish.type === "ask") {
    query = wish;
    soon(0);
  }
};
