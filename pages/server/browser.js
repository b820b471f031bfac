// Runs in every browser, as old as it may be: only syntax and calls that each of them knows. A browser that cannot draw
// the board says so and what to use, in place of a blank page; see pages/server/index_page.py.
(function () {
  var script = document.getElementById("frame-browser");
  var root = document.getElementById("root");
  // Chromium 105 is the first with all of these; the newest is what board.css chooses by.
  var fits =
    "noModule" in script &&
    window.AbortSignal &&
    AbortSignal.timeout &&
    window.CSS &&
    CSS.supports &&
    CSS.supports("selector(:has(a))");
  if (fits) {
    // The one function that Streamlit needs and that came later (110); Windows 7 ends with 109.
    if (!Array.prototype.toSorted) {
      Object.defineProperty(Array.prototype, "toSorted", {
        value: function (compare) {
          return this.slice().sort(compare);
        }
      });
    }
    return;
  }
  var said = script.getAttribute("data-says").split("|");
  var notice = document.createElement("div");
  for (var i = 0; i < said.length; i++) {
    var line = document.createElement("p");
    line.appendChild(document.createTextNode(said[i]));
    notice.appendChild(line);
  }
  notice.setAttribute("role", "alert");
  notice.style.cssText = "max-width: 40em; margin: 4em auto; padding: 0 1em; font: 18px/1.6 sans-serif; color: #1d2733";
  root.parentNode.replaceChild(notice, root); // what can be drawn of the board by half is not drawn
})();
