/** Small helpers for building elements. */
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;
type Child = Node | string | null | undefined | false;

/** Makes an element; attributes that are functions become listeners, false ones are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** The element of an id that the page always has. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element ${id}`);
  return element as T;
}

/** Tells people who do not see the screen. */
export function announce(text: string): void {
  byId('status').textContent = text;
}

/** A dialog that is gone once it is closed. */
export function dialog(title: string, ...children: Child[]): HTMLDialogElement {
  const close = el('button', { class: 'quiet', 'aria-label': 'Close', click: () => box.close() }, '✕');
  const box = el('dialog', { 'aria-label': title }, el('header', {}, el('h2', {}, title), close), el('div', { class: 'body' }, ...children));
  const before = document.activeElement;
  box.addEventListener('close', () => {
    box.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  box.addEventListener('click', (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}

/** Bytes for people, as Docker counts them. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let at = 0;
  while (bytes >= 1000 && at < units.length - 1) { bytes /= 1000; at += 1; }
  return `${at === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toPrecision(3).replace(/\.?0+$/, '')} ${units[at]}`;
}
