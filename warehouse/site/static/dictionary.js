// The filter of the dictionary: columns whose name or meaning holds the word stay.
"use strict";
(function () {
  const word = document.getElementById("word");
  const found = document.getElementById("found");
  const sections = [...document.querySelectorAll("section.table")].map((section) => ({
    section,
    name: section.querySelector("h2").id.toLowerCase(),
    rows: [...section.querySelectorAll("tbody tr")].map((row) => ({ row, text: row.textContent.toLowerCase() })),
  }));

  function apply() {
    const asked = word.value.trim().toLowerCase();
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
    found.textContent = asked ? tinhuy.t("dict.found", { n: count }) : "";
  }

  document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
  word.addEventListener("input", apply);
  tinhuy.onLanguage(apply);
})();
