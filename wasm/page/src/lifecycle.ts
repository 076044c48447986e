/** The life of a container as a diagram, with the place where one stands. Drawn from the model's own table. */
import { dialog, el } from './dom';
import { type Container, type State, lifecycle } from './engine';

const places: Partial<Record<State, [number, number]>> = {
  created: [70, 60], running: [270, 60], paused: [470, 60], restarting: [470, 190], exited: [270, 190], removing: [70, 190],
};
const words: Record<string, string> = {
  Start: 'docker start', Exit: 'its program ends, or docker stop', ExitToRestart: 'its program ends and its restart policy runs it again', Pause: 'docker pause', Unpause: 'docker unpause', CancelRestart: 'docker stop', Remove: 'docker rm',
};
const SVG = 'http://www.w3.org/2000/svg';

function svg(tag: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text) element.textContent = text;
  return element;
}

export function lifeDiagram(c: Container): void {
  const arrows = lifecycle().filter(({ from, to }) => places[from] && places[to]);
  const drawing = svg('svg', { viewBox: '10 30 520 190', class: 'life', 'aria-hidden': 'true' });
  const head = svg('marker', { id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse' });
  head.append(svg('path', { d: 'M0 0 8 4 0 8Z' }));
  const defs = svg('defs', {});
  defs.append(head);
  drawing.append(defs);
  for (const { from, to } of arrows) {
    const [x1, y1] = places[from]!, [x2, y2] = places[to]!;
    const [dx, dy] = [x2 - x1, y2 - y1];
    const away = Math.hypot(dx, dy);
    const [ux, uy] = [dx / away, dy / away];
    const [ox, oy] = [-uy * 9, ux * 9];
    const leaves = (sign: number): number => {
      let way = 0;
      while (Math.abs(ox + sign * ux * way) < 53 && Math.abs(oy + sign * uy * way) < 22) way += 1;
      return way;
    };
    const [start, end] = [leaves(1), leaves(-1)];
    drawing.append(svg('line', {
      x1: x1 + ux * start + ox, y1: y1 + uy * start + oy, x2: x2 - ux * end + ox, y2: y2 - uy * end + oy,
      'marker-end': 'url(#head)', class: from === c.state ? 'open' : '',
    }));
  }
  for (const [state, [x, y]] of Object.entries(places) as [State, [number, number]][]) {
    const here = state === c.state;
    drawing.append(svg('rect', { x: x - 50, y: y - 19, width: 100, height: 38, rx: 10, class: here ? 'here' : '' }));
    drawing.append(svg('text', { x, y: y + 5, class: here ? 'here' : '' }, state));
  }
  const ways = lifecycle().filter(({ from }) => from === c.state).map(({ by, to }) => el('li', {}, `${words[by] ?? by} → ${to}`));
  dialog(`The life of ${c.name}`, drawing as unknown as Node, el('p', {}, `It is ${c.state}${c.state === 'exited' ? `, with exit code ${c.exit_code}` : ''}. From here:`), el('ul', {}, ...ways));
}
