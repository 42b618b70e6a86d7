// What of the page keeps somebody from reading it: a list of complaints. The
// rules are those of axe-core and WCAG 2.1 AA that these pages can break.
(() => {
  const bad = [];
  const tell = (e, what) => bad.push(what + ': ' + e.outerHTML.slice(0, 140));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const hidden = (e) => !e.checkVisibility() || e.closest('[aria-hidden="true"]');
  const name = (e) => (e.getAttribute('aria-label') || e.textContent || '').trim() ||
    [...e.querySelectorAll('img[alt], svg[aria-label]')].map((i) => i.alt || i.getAttribute('aria-label')).join('').trim();

  if (!document.documentElement.lang) bad.push('the page has no language');
  if (!document.title.trim()) bad.push('the page has no title');
  if (all('main').length !== 1) bad.push('the page has ' + all('main').length + ' main parts');
  if (all('h1').length !== 1) bad.push('the page has ' + all('h1').length + ' first headings');

  let level = 0;
  for (const h of all('h1, h2, h3, h4, h5, h6')) {
    const next = Number(h.tagName[1]);
    if (next > level + 1) tell(h, 'a heading skips a level');
    if (!name(h)) tell(h, 'a heading is empty');
    level = next;
  }
  for (const e of all('img')) if (!e.hasAttribute('alt')) tell(e, 'a picture without a text');
  for (const e of all('svg')) {
    if (e.parentElement.closest('svg') || e.closest('[aria-hidden="true"]')) continue;
    if (e.getAttribute('role') !== 'img' || !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.querySelector(':scope > title'))) tell(e, 'a drawing without a text');
  }
  for (const e of all('input:not([type=hidden]), select, textarea')) {
    if (!e.labels.length && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) tell(e, 'a field without a label');
  }
  for (const e of all('a[href], button, summary')) if (!name(e)) tell(e, 'nothing says what this does');
  for (const e of all('table')) if (!e.querySelector('th')) tell(e, 'a table without headings');
  for (const e of all('th')) if (!e.scope) tell(e, 'a heading of a table without a scope');
  for (const e of all('[tabindex]')) if (e.tabIndex > 0) tell(e, 'the keyboard jumps');
  for (const e of all('[role=region]')) if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) tell(e, 'a region without a name');
  for (const e of all('a[href^="#"]')) {
    if (e.getAttribute('href').length > 1 && !document.getElementById(decodeURIComponent(e.getAttribute('href').slice(1)))) tell(e, 'a link to nowhere');
  }
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
    for (const e of all('[' + attribute + ']')) {
      for (const id of e.getAttribute(attribute).split(/\s+/)) if (!document.getElementById(id)) tell(e, attribute + ' names nothing');
    }
  }
  const ids = new Set();
  for (const e of all('[id]')) {
    if (ids.has(e.id)) tell(e, 'an id for the second time');
    ids.add(e.id);
  }
  for (const e of all('body *')) {
    const scrolls = ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1;
    if (scrolls && e.tabIndex < 0 && !hidden(e)) tell(e, 'what scrolls is not reached by keyboard');
  }

  // Contrast of text with what is behind it.
  const colour = (css) => {
    const n = (css.match(/[\d.]+/g) || []).map(Number);
    return n.length < 3 ? [0, 0, 0, 0] : [n[0], n[1], n[2], n.length > 3 ? n[3] : 1];
  };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const behind = (e) => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reduceRight((below, c) => over(c, below), [255, 255, 255, 1]);
  };
  const luminance = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const v = c[i] / 255;
    return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  }, 0);
  const faint = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || ['SCRIPT', 'STYLE', 'OPTION'].includes(e.tagName) || !e.checkVisibility()) continue;
    const css = getComputedStyle(e);
    const back = behind(e);
    const fore = over(colour(e.closest('svg') ? css.fill : css.color), back);
    const [low, high] = [luminance(fore), luminance(back)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(css.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(css.fontWeight) >= 700);
    const kind = css.color + css.fill + back;
    if (ratio < (large ? 3 : 4.5) && !faint.has(kind)) {
      faint.add(kind);
      tell(e, 'a contrast of only ' + ratio.toFixed(2));
    }
  }
  return bad;
})()
