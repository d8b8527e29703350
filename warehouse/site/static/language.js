// Runs before anything is painted: sets the language that the reader chose last.
"use strict";
(function () {
  var language = null;
  try {
    language = localStorage.getItem("tinhuy-language");
  } catch (error) {
    // Storage may be switched off, and is for files of some browsers; then the page stays Vietnamese.
  }
  if (language === "en" || language === "vi") document.documentElement.lang = language;
})();
