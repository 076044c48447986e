/** The picture of the world: images as stacks of layers, containers, volumes, networks, the registry. */
import { byId, el, size } from './dom';
import type { Container, Engine, Image, Scene } from './engine';
import { lifeDiagram } from './lifecycle';
import { xray } from './xray';

/** How many colours tell shared layers apart. */
const HUES = 8;
const OFTEN = 1;

const icons: Record<string, string> = { running: '▶', paused: '❚❚', exited: '■', created: '○', restarting: '↻', removing: '×', dead: '×' };

/** A step of a history in few words. */
function short(step: string): string {
  return step.replace(/^\/bin\/sh -c #\(nop\)\s+/, '').replace(/^\/bin\/sh -c /, 'RUN ').replace(/^RUN \/bin\/sh -c /, 'RUN ').replace(/ # buildkit$/, '').trim() || 'base';
}

export class Picture {
  private readonly panel = byId('picture');
  private before = '';
  private seen = new Set<string>();

  constructor(private readonly engine: () => Engine) {}

  /** Forgets what was drawn, so that nothing counts as new. */
  reset(): void {
    this.before = '';
    this.seen.clear();
  }

  draw(): void {
    const scene = this.engine().scene();
    const now = JSON.stringify({ ...scene, now: 0 });
    if (now === this.before) return;
    const first = !this.before;
    this.before = now;
    const focus = document.activeElement?.closest('#picture [data-key]')?.getAttribute('data-key');
    const side = el('div', { class: 'side' }, this.volumes(scene), this.networks(scene), this.registry(scene));
    const parts = [this.images(scene), this.containers(scene), side];
    this.panel.replaceChildren(el('p', { class: 'sr' }, summary(scene)), ...parts);
    const keys = new Set<string>();
    for (const card of this.panel.querySelectorAll<HTMLElement>('[data-key]')) {
      const key = card.dataset.key!;
      keys.add(key);
      if (!first && !this.seen.has(key)) card.classList.add('new');
      if (key === focus) card.querySelector<HTMLElement>('button')?.focus() ?? card.focus();
    }
    this.seen = keys;
  }

  private group(title: string, note: string, cards: Node[], empty: string): HTMLElement {
    return el('section', { class: 'group', 'aria-label': title },
      el('h2', {}, title, el('span', { class: 'count' }, note)),
      cards.length ? el('div', { class: 'cards' }, ...cards) : el('p', { class: 'empty' }, empty));
  }

  private images(scene: Scene): HTMLElement {
    const cards = scene.images.map((image) => this.image(scene, image));
    const shared = scene.layers.filter((layer) => layer.images > OFTEN).length;
    const note = scene.images.length ? `${scene.images.length}${shared ? ` · ${shared} shared ${shared === 1 ? 'layer' : 'layers'}` : ''}` : '';
    return this.group('Images', note, cards, 'No image is on this computer yet.');
  }

  private image(scene: Scene, image: Image): HTMLElement {
    const name = image.names[0] ?? '<none>';
    const target = image.names[0] ?? image.id;
    const layers = image.layers.map((place, at) => {
      const layer = scene.layers[place]!;
      const shared = layer.images > OFTEN;
      const told = `${short(layer.made_by)}, ${size(layer.size)}${shared ? `, shared by ${layer.images} images` : ''}`;
      return el('li', {}, el('button', {
        type: 'button', class: 'layer', 'data-shared': shared ? place % HUES : null, title: told,
        'aria-label': `Layer ${at}: ${told}`, click: () => xray(this.engine(), { name: target, title: name, at }),
      }, el('span', { class: 'step' }, short(layer.made_by)), el('span', { class: 'size' }, size(layer.size))));
    });
    return el('article', { class: 'card image', 'data-key': `image ${image.id} ${name}`, 'aria-label': `Image ${name}` },
      el('h3', { title: image.names.join(', ') || image.id }, name, image.names.length > 1 && el('span', { class: 'count' }, ` +${image.names.length - 1}`)),
      el('ol', { class: 'stack', reversed: true }, ...layers.reverse()),
      el('p', { class: 'meta' }, el('code', {}, image.id), el('span', {}, size(image.size))));
  }

  private containers(scene: Scene): HTMLElement {
    const running = scene.containers.filter((c) => c.state === 'running').length;
    const note = scene.containers.length ? `${scene.containers.length} · ${running} running` : '';
    return this.group('Containers', note, scene.containers.map((c) => this.container(c)), 'No container yet: docker run makes one.');
  }

  private container(c: Container): HTMLElement {
    const changes = c.changes.slice(0, 4).map(([kind, path]) => el('li', {}, el('span', { class: `change ${kind}` }, kind), ` ${path}`));
    const more = c.changes.length - 4 + c.more_changes;
    const facts: [string, string][] = [
      ...c.ports.map(([host, inner]): [string, string] => ['port', `${host} → ${inner}`]),
      ...c.mounts.map((m): [string, string] => [m.kind, `${m.source.length > 24 ? `${m.source.slice(0, 12)}…` : m.source} → ${m.target}`]),
      ...c.networks.filter(([, address]) => address).map(([name, address]): [string, string] => ['net', `${name} ${address}`]),
    ];
    return el('article', { class: 'card container', 'data-state': c.state, 'data-key': `container ${c.id}`, 'aria-label': `Container ${c.name}, ${c.status}` },
      el('h3', {}, el('button', { type: 'button', class: 'state', title: `${c.state}: show its life`, 'aria-label': `${c.name}: ${c.status}. Show its life`, click: () => lifeDiagram(c) }, icons[c.state] ?? '?'), el('span', {}, c.name)),
      el('p', { class: 'status' }, c.status, c.health && el('span', { class: 'health' }, c.health)),
      el('p', { class: 'made' }, c.image, el('code', { title: c.command }, c.command)),
      el('button', { type: 'button', class: 'layer writable', click: () => xray(this.engine(), { name: c.name, title: c.name, at: -1 }) },
        el('span', { class: 'step' }, 'writable layer'), el('span', { class: 'size' }, c.changes.length ? `${c.changes.length + c.more_changes} changed` : 'empty')),
      changes.length > 0 && el('ul', { class: 'changes' }, ...changes, more > 0 && el('li', {}, `and ${more} more`)),
      facts.length > 0 && el('dl', { class: 'facts' }, ...facts.flatMap(([term, fact]) => [el('dt', {}, term), el('dd', {}, fact)])));
  }

  private volumes(scene: Scene): HTMLElement {
    const cards = scene.volumes.map((v) => el('article', { class: 'card', 'data-key': `volume ${v.name}`, 'aria-label': `Volume ${v.name}` },
      el('h3', { title: v.name }, v.anonymous ? `${v.name.slice(0, 12)}…` : v.name),
      el('p', { class: 'meta' }, v.files.length ? v.files.slice(0, 5).join('  ') : 'empty'),
      el('p', { class: 'meta' }, v.users.length ? `mounted by ${v.users.join(', ')}` : 'mounted by none')));
    return this.group('Volumes', cards.length ? String(cards.length) : '', cards, 'No volume.');
  }

  private networks(scene: Scene): HTMLElement {
    const shown = scene.networks.filter((n) => !n.predefined || n.members.length);
    const cards = shown.map((n) => el('article', { class: 'card', 'data-key': `network ${n.name}`, 'aria-label': `Network ${n.name}` },
      el('h3', {}, n.name, el('span', { class: 'count' }, n.driver)),
      n.subnet && el('p', { class: 'meta' }, el('code', {}, n.subnet)),
      el('ul', { class: 'members' }, ...n.members.map(([name, address]) => el('li', {}, el('span', {}, name), el('code', {}, address))))));
    return this.group('Networks', shown.length ? String(shown.length) : '', cards, 'bridge, host and none, as always; nobody is on them.');
  }

  private registry(scene: Scene): HTMLElement | false {
    if (!scene.pushed.length) return false;
    const cards = scene.pushed.map((name) => el('article', { class: 'card', 'data-key': `pushed ${name}` }, el('h3', {}, name)));
    return this.group('Registry', String(cards.length), cards, '');
  }
}

/** The picture in a sentence. */
function summary(scene: Scene): string {
  const list = (names: string[]): string => (names.length ? names.join(', ') : 'none');
  return `Images: ${list(scene.images.map((i) => `${i.names[0] ?? i.id} with ${i.layers.length} layers`))}. `
    + `Containers: ${list(scene.containers.map((c) => `${c.name} ${c.status}`))}. `
    + `Volumes: ${list(scene.volumes.map((v) => v.name))}.`;
}
