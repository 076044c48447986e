/** The lesson beside the terminal: text, goals that tick, hints by steps, the question at the end, the list. */
import { announce, byId, dialog, el } from './dom';
import type { Engine, LessonEntry, LessonState, LessonText } from './engine';

export interface Guide {
  suggest(command: string): void;
  open(id: string): void;
  engine(): Engine;
  solved(id: string): void;
  isSolved(id: string): boolean;
}

/** HTML of the project's own lessons, as an element. */
function html(text: string, className: string): HTMLElement {
  const box = el('div', { class: className });
  box.innerHTML = text;
  return box;
}

export class LessonPanel {
  private readonly panel = byId('lesson');
  private text: LessonText | null = null;
  private goals: HTMLLIElement[] = [];
  private readonly nudge = el('p', { class: 'nudge', hidden: true });
  private end = el('div');
  private done = false;
  private hinted = 0;

  constructor(private readonly guide: Guide, private readonly list: LessonEntry[]) {}

  show(text: LessonText | null): void {
    this.text = text;
    this.done = false;
    this.hinted = 0;
    if (!text) { this.sandbox(); return; }
    this.goals = text.goals.map((goal) => {
      const item = el('li', { 'data-done': 'false' });
      item.innerHTML = goal;
      item.append(el('span', { class: 'sr' }, ' (open)'));
      return item;
    });
    this.end = el('div', { class: 'end', 'aria-live': 'polite' });
    this.panel.replaceChildren(
      el('div', { class: 'text', tabindex: 0, role: 'region', 'aria-label': text.title },
        el('p', { class: 'kicker' }, `Lesson ${text.number}`),
        el('h1', {}, text.title),
        this.tappable(html(text.prose, 'prose')),
        this.end),
      el('section', { class: 'goals', 'aria-label': 'Goals' }, el('h2', {}, 'Goals'), el('ul', {}, ...this.goals), this.nudge, this.hints(text)),
    );
  }

  private sandbox(): void {
    const example = (command: string): HTMLElement => el('p', {}, el('code', {}, command));
    this.panel.replaceChildren(el('div', { class: 'text', tabindex: 0, role: 'region', 'aria-label': 'Sandbox' },
      el('p', { class: 'kicker' }, 'No lesson'),
      el('h1', {}, 'Sandbox'),
      this.tappable(el('div', { class: 'prose' },
        el('p', {}, 'A whole computer with Docker on it, and nothing you could break: whatever you do, the timeline above the terminal takes it back.'),
        example('docker run -d --name web -p 8080:80 nginx'), example('curl -s localhost:8080 | head -4'), example('docker run -it --rm alpine sh'), example('docker system df'))),
      el('p', { class: 'after' }, el('button', { click: () => this.choose() }, 'Choose a lesson')),
    ));
  }

  /** Commands in the text become buttons that put them into the input. */
  private tappable(box: HTMLElement): HTMLElement {
    const button = (command: string): HTMLButtonElement =>
      el('button', { type: 'button', class: 'command', title: 'Put it into the terminal', click: () => this.guide.suggest(command) }, command);
    for (const code of box.querySelectorAll('pre > code')) {
      const lines = (code.textContent ?? '').trimEnd().split('\n');
      const commands = lines.filter((line) => line.startsWith('$ ')).map((line) => button(line.slice(2)));
      if (commands.length) code.parentElement?.replaceWith(el('div', { class: 'commands' }, ...commands));
    }
    for (const code of box.querySelectorAll('code')) {
      const text = code.textContent ?? '';
      if (/^docker \S/.test(text) || code.parentElement?.childNodes.length === 1 && / /.test(text)) code.replaceWith(button(text));
    }
    return box;
  }

  private hints(text: LessonText): HTMLElement {
    const list = el('ol');
    const all = text.hints.length;
    const more = el('button', {
      type: 'button', click: () => {
        if (this.hinted < all) {
          const item = el('li');
          item.innerHTML = text.hints[this.hinted]!;
          list.append(item);
          this.hinted += 1;
        } else {
          const [first] = text.solution.split('\n');
          this.guide.suggest(first!);
          if (text.solution.includes('\n') && list.childElementCount === all) {
            list.append(el('li', {}, el('pre', {}, text.solution)));
          }
        }
        more.textContent = this.hinted < all ? 'Another hint' : 'Put the solution into the terminal';
      },
    }, 'A hint');
    return el('section', { class: 'hints', 'aria-label': 'Hints', 'aria-live': 'polite' }, list, more);
  }

  /** Ticks the goals that hold. */
  update(state: LessonState | null): void {
    const text = this.text;
    if (!text || !state) return;
    state.goals.forEach((holds, at) => {
      const item = this.goals[at];
      if (!item || item.dataset.done === String(holds)) return;
      item.dataset.done = String(holds);
      item.querySelector('.sr')!.textContent = holds ? ' (done)' : ' (open)';
      if (holds) announce(`Goal reached: ${item.textContent}`);
    });
    this.nudge.textContent = state.nudge ?? '';
    this.nudge.hidden = !state.nudge;
    if (state.solved && !this.done) {
      this.done = true;
      this.panel.querySelector('.goals')?.setAttribute('data-solved', '');
      this.guide.solved(text.id);
      this.finish(text);
    }
  }

  private finish(text: LessonText): void {
    const next = this.list.find((entry) => entry.number > text.number);
    const verdict = el('p', { class: 'verdict', role: 'status' });
    const choice = (answer: string): HTMLButtonElement => el('button', {
      type: 'button', class: 'choice', click: () => {
        const graded = this.guide.engine().grade(answer);
        if (!graded) return;
        verdict.innerHTML = graded.right ? `Right. ${graded.because}` : `Not so: the answer is <code></code>. ${graded.because}`;
        if (!graded.right) verdict.querySelector('code')!.textContent = graded.answer;
        quiz.dataset.answered = String(graded.right);
      },
    }, answer);
    const ask = el('p');
    ask.innerHTML = text.ask;
    const quiz = el('section', { class: 'quiz', 'aria-label': 'Question' }, el('h2', {}, 'Predict'), ask, el('div', { class: 'choices' }, ...text.choices.map(choice)), verdict);
    this.end.replaceChildren(
      el('h2', {}, 'Why it worked'),
      this.tappable(html(text.why, 'prose')),
      quiz,
      next
        ? el('p', {}, el('button', { class: 'primary', click: () => this.guide.open(next.id) }, `Next: ${next.title}`))
        : el('p', { class: 'dim' }, 'That was the last lesson there is for now.'),
    );
    this.end.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
    announce('All goals reached.');
  }

  /** The list of lessons, with a search. */
  choose(): void {
    const results = el('ul', { class: 'lessons' });
    const search = el('input', { type: 'search', placeholder: 'Search lessons', 'aria-label': 'Search lessons', input: () => fill() });
    const plain = (text: string): string => text.replace(/<[^>]*>/g, ' ').toLowerCase();
    const fill = (): void => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = this.list.filter((entry) => words.every((word) => plain(`${entry.title} ${entry.text}`).includes(word)));
      results.replaceChildren(...found.map((entry) => el('li', {}, el('button', {
        type: 'button', 'data-solved': this.guide.isSolved(entry.id), click: () => { box.close(); this.guide.open(entry.id); },
      }, el('span', { class: 'number' }, String(entry.number)), el('span', {}, entry.title), this.guide.isSolved(entry.id) && el('span', { class: 'tick' }, '✓', el('span', { class: 'sr' }, ' solved'))))));
      if (!found.length) results.replaceChildren(el('li', { class: 'dim' }, 'No lesson has all these words.'));
    };
    fill();
    const box = dialog('Lessons', search, results);
    search.focus();
  }
}
