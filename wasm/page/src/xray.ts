/** The x-ray: what a layer holds, and for a path which layer supplies it and what that shadows. */
import { dialog, el, size } from './dom';
import type { Engine } from './engine';

interface Target { name: string; title: string; at: number }

const marks = { '+': 'puts', '-': 'hides', '=': 'replaces' } as const;

export function xray(engine: Engine, target: Target): void {
  const depth = engine.path(target.name, '/')?.depth ?? 0;
  let at = target.at < 0 ? depth : target.at;
  const content = el('div', { class: 'paths', tabindex: 0, role: 'region', 'aria-label': 'Paths' });
  const origin = el('p', { class: 'origin', role: 'status' }, 'Choose a path to see where it comes from.');
  const label = (layer: number): string => (layer === depth ? 'the writable layer' : `layer ${layer}`);
  const tell = (path: string): void => {
    const found = engine.path(target.name, path);
    if (!found) return;
    const parts = [
      found.supplier !== null ? `${path} comes from ${label(found.supplier)}.` : found.hidden_by !== null ? `${path} is hidden by ${label(found.hidden_by)}.` : found.visible ? `${path} is a directory that layers imply.` : `${path} is in no layer.`,
      ...found.shadowed.map((layer) => `It shadows the one in ${label(layer)}.`),
      found.supplier !== null && found.hidden_by !== null ? `${label(found.hidden_by)} hides what lies below.` : '',
    ];
    origin.textContent = parts.filter(Boolean).join(' ');
  };
  const fill = (): void => {
    const layer = engine.layer(target.name, at);
    const rows = layer?.paths.map(({ path, mark, dir, size: bytes }) => el('button', { type: 'button', class: 'path', 'data-mark': mark, click: () => tell(path) },
      el('span', { class: 'mark', title: marks[mark] }, mark), el('span', { class: 'name' }, dir && path !== '/' ? `${path}/` : path), !dir && mark === '+' && el('span', { class: 'size' }, size(bytes)))) ?? [];
    content.replaceChildren(...(rows.length ? rows : [el('p', { class: 'dim' }, at === depth ? 'Nothing has been written.' : 'This layer is gone.')]));
    if (layer?.more) content.append(el('p', { class: 'dim' }, `and ${layer.more} more`));
    for (const button of stack.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset.at === String(at)));
  };
  // An image has no writable layer.
  const places = Array.from({ length: depth + (target.at < 0 ? 1 : 0) }, (_, layer) => layer).reverse();
  const stack = el('ol', { class: 'stack choose', reversed: true }, ...places.map((layer) => el('li', {}, el('button', {
    type: 'button', class: layer === depth ? 'layer writable' : 'layer', 'data-at': layer, click: () => { at = layer; fill(); },
  }, label(layer)))));
  const search = el('form', { class: 'find', submit: (event: SubmitEvent) => { event.preventDefault(); tell(input.value.startsWith('/') ? input.value : `/${input.value}`); } });
  const input = el('input', { type: 'text', 'aria-label': 'Path', placeholder: 'A path, such as /etc/hostname', spellcheck: 'false' });
  search.append(input, el('button', { type: 'submit' }, 'Look'));
  dialog(`X-ray of ${target.title}`, el('div', { class: 'xray' }, stack, content), origin, search).classList.add('wide');
  fill();
}
