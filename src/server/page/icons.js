const SVG = 'http://www.w3.org/2000/svg';

/** Lines in a square of 24 by 24. Drawn here, as fonts do not have them everywhere. */
const PATHS = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  edit: 'M4 20l1-4L16 5l3 3L8 19l-4 1z',
  remove: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12',
  up: 'M7 11v9H4v-9zM7 11l4-7c1.7 0 2.5 1 2.5 2v4h5.5l-1.5 10H7',
  down: 'M7 13V4H4v9zM7 13l4 7c1.7 0 2.5-1 2.5-2v-4h5.5L17.5 4H7',
  previous: 'M15 6l-6 6 6 6',
  next: 'M9 6l6 6-6 6',
  again: 'M19 12a7 7 0 1 1-2-5M17 3v4h-4',
};

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon' }))
    svg.setAttribute(key, value);
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
