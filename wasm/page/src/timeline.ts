/** The timeline: every line entered is a point; going back and entering something else makes a branch. */
import { announce, byId, el } from './dom';
import type { Engine, Point } from './engine';

export class Timeline {
  private readonly bar = byId('timeline');
  private before = '';

  constructor(private readonly engine: () => Engine, private readonly went: () => void) {}

  draw(): void {
    const engine = this.engine();
    const [points, here] = [engine.points(), engine.here];
    const now = JSON.stringify([points, here]);
    if (now === this.before) return;
    this.before = now;
    const byNumber = new Map(points.map((point) => [point.id, point]));
    const past = new Set<number>();
    for (let at: Point | undefined = byNumber.get(here); at; at = byNumber.get(at.parent)) past.add(at.id);
    const path = [...past].reverse();
    for (let next = this.onward(points, here); next; next = this.onward(points, next.id)) path.push(next.id);
    const dots = path.map((id) => {
      const point = byNumber.get(id)!;
      const others = points.filter((other) => other.parent === point.parent && other.id !== id);
      return el('li', { 'data-future': !past.has(id) },
        el('button', { type: 'button', title: point.line, 'aria-label': `Go to: ${point.line}`, 'aria-current': id === here ? 'step' : null, click: () => this.go(id) }),
        ...others.map((other) => el('button', { type: 'button', class: 'branch', title: `The other way: ${other.line}`, 'aria-label': `Other branch: ${other.line}`, click: () => this.go(this.tip(points, other.id)) })));
    });
    const last = byNumber.get(here);
    this.bar.replaceChildren(
      el('button', { id: 'undo', class: 'quiet', disabled: here === 0, title: 'Undo (Ctrl-Z)', click: () => this.undo() }, '↶ Undo'),
      el('button', { id: 'redo', class: 'quiet', disabled: !this.onward(points, here), title: 'Redo (Ctrl-Y)', click: () => this.redo() }, '↷ Redo'),
      el('ol', { class: 'points', 'aria-label': 'Timeline' }, el('li', {}, el('button', { type: 'button', title: 'The beginning', 'aria-label': 'Go to the beginning', 'aria-current': here === 0 ? 'step' : null, click: () => this.go(0) })), ...dots),
      el('span', { class: 'last' }, last ? last.line : 'the beginning'));
    this.bar.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** The newest of the points that follow one: where redo would lead, as far as the page knows. */
  private onward(points: Point[], from: number): Point | undefined {
    return points.filter((point) => point.parent === from).pop();
  }

  private tip(points: Point[], from: number): number {
    const next = this.onward(points, from);
    return next ? this.tip(points, next.id) : from;
  }

  private go(to: number): void {
    if (this.engine().jump(to)) this.went();
  }

  undo(): void {
    if (this.engine().undo()) { this.went(); announce('Undone.'); }
  }

  redo(): void {
    const engine = this.engine();
    const next = this.onward(engine.points(), engine.here);
    if (next && engine.jump(next.id)) { this.went(); announce('Redone.'); }
  }
}
