// Sorting, filtering and copying for the table of benchmarks. Without scripts
// the page lacks nothing but these, whose controls then stay hidden.
"use strict";
(function () {
  const table = document.getElementById("benchmark-table");
  if (!table) return;
  const groups = Array.from(table.tBodies).filter(function (g) { return g.classList.contains("group"); });
  const state = document.getElementById("table-state");

  function valueOf(group, column) {
    // The first metric stands for its benchmark.
    const cell = Array.from(group.rows[0].cells).find(function (c) { return c.dataset.c === column; });
    if (!cell) return null;
    if (cell.dataset.v === undefined) return cell.textContent.trim().toLowerCase();
    return cell.dataset.v === "" ? null : Number(cell.dataset.v);
  }

  function compare(a, b) {
    if (a === b) return 0;
    if (a === null) return 1; // what has no number comes last, either way
    if (b === null) return -1;
    return a > b ? 1 : -1;
  }

  function sortBy(button) {
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") === "ascending";
    table.querySelectorAll("th[aria-sort]").forEach(function (th) { th.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const column = button.dataset.sort;
    const keyed = groups.map(function (g, i) { return { g: g, i: i, v: valueOf(g, column) }; });
    keyed.sort(function (x, y) {
      const order = compare(x.v, y.v);
      const missing = x.v === null || y.v === null;
      return (down ? (missing ? order : -order) : order) || x.i - y.i;
    });
    const rest = Array.from(table.tBodies).filter(function (g) { return !g.classList.contains("group"); });
    keyed.forEach(function (k) { table.append(k.g); });
    rest.forEach(function (g) { table.append(g); });
  }

  table.querySelectorAll("thead th[data-sort]").forEach(function (th) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.dataset.sort = th.dataset.sort;
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", function () { sortBy(button); });
  });

  const filter = document.getElementById("table-filter");
  function narrow() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    groups.forEach(function (g) {
      const text = g.textContent.toLowerCase();
      g.hidden = !words.every(function (w) { return text.includes(w); });
      if (!g.hidden) shown++;
    });
    state.textContent = words.length ? shown + " of " + groups.length + " benchmarks" : "";
  }
  filter.addEventListener("input", narrow);

  const copy = document.getElementById("table-copy");
  const text = document.getElementById("benchstat-text");
  if (copy) {
    if (text) {
      copy.addEventListener("click", function () {
        const selection = window.getSelection();
        text.closest("details").open = true;
        selection.selectAllChildren(text);
        // Pages opened as files may not have the clipboard: what is selected is
        // then one key away.
        const done = function () { state.textContent = "copied"; };
        const selected = function () { state.textContent = "selected: copy it with your keyboard"; };
        if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(done, selected);
        else selected();
      });
    }
  }

  document.getElementById("table-tools").hidden = false;
  narrow();
})();
