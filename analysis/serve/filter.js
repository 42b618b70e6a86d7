// Filters the list of runs while one types. Without it the form asks the server.
'use strict';
(() => {
  const box = document.getElementById('q');
  const rows = [...document.querySelectorAll('tr[data-text]')];
  const shown = document.getElementById('shown');
  box.addEventListener('input', () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => row.dataset.text.includes(word));
      if (!row.hidden) count++;
    }
    shown.textContent = count;
  });
})();
