// The filter of the dictionary: columns whose name or meaning, in either language, holds the word stay.
"use strict";
(function () {
  const word = document.getElementById("word");
  const found = document.getElementById("found");
  const views = document.querySelector("section.views");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d");
  const sections = [...document.querySelectorAll("section.table")].map((section) => ({
    section,
    name: section.querySelector("h2").id.toLowerCase(),
    rows: [...section.querySelectorAll("tbody tr")].map((row) => ({ row, text: plain(row.textContent) })),
  }));

  function apply() {
    const asked = plain(word.value.trim());
    let count = 0;
    for (const { section, name, rows } of sections) {
      let shown = 0;
      for (const { row, text } of rows) {
        row.hidden = asked !== "" && !text.includes(asked) && !name.includes(asked);
        shown += row.hidden ? 0 : 1;
      }
      section.hidden = shown === 0;
      count += shown;
    }
    views.hidden = asked !== "";
    found.textContent = asked ? tinhuy.t("dict.found", { n: count }) : "";
  }

  document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
  word.addEventListener("input", apply);
  tinhuy.onLanguage(apply);
})();
