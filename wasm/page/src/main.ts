/** The page: one world, the panels around it, and what keeps them in step. */
import { announce, byId, dialog, el } from './dom';
import { Engine, type LessonText, type Piece, isWhole, lessonText, lessons, ready, rest } from './engine';
import { LessonPanel } from './lesson';
import { Picture } from './picture';
import { pack, unpack } from './share';
import { Store } from './store';
import './style.css';
import { Terminal } from './terminal';
import { Timeline } from './timeline';

const LANGUAGE = 'en';
const SANDBOX = 'sandbox';
const SEED = 7;
/** How long the world may work before the page is drawn, in milliseconds. */
const SLICE = 8;
/** How many rounds it works before it looks at the clock. */
const ROUNDS = 2;
/** How long to wait before the next look while something waits for time, and while nothing does. */
const NAP = 33;
const IDLE = 400;
/** Marks in the session's store that the simulation has just failed. */
const FELL = 'drydock-fell';
/** How much of what a point printed is kept for going back to it. */
const KEPT_TEXT = 200_000;

class Page {
  private readonly store = new Store();
  private readonly list = lessons(LANGUAGE);
  private engine = Engine.sandbox(SEED);
  private open = SANDBOX;
  private texts = new Map<number, string>();
  private followed = Date.now();
  private timer = 0;
  private stale = true;
  /** How many lines wait for the other half of the computer. */
  private waiting = 0;
  /** The line that nothing was seen of yet, and when it was entered. */
  private unseen: { line: string; began: number } | undefined;
  private readonly terminal = new Terminal({
    enter: (line) => this.enter(line),
    interrupt: () => this.interrupt(),
    endInput: () => void rest().then(() => { this.engine.endInput(); this.work(); }),
    complete: (line, at) => (isWhole() ? this.engine.complete(line, at) : { from: at, offers: [] }),
    preview: (line) => (isWhole() && this.engine.mood === 'idle' ? this.engine.preview(line) : null),
  });
  private readonly lesson = new LessonPanel({
    suggest: (command) => { this.tab('shell'); this.terminal.suggest(command); },
    open: (id) => { location.hash = id; },
    engine: () => this.engine,
    solved: (id) => this.store.change((kept) => { kept.solved[id] ??= new Date().toISOString(); }),
    isSolved: (id) => id in this.store.kept.solved,
  }, this.list);
  private readonly picture = new Picture(() => this.engine);
  private readonly timeline = new Timeline(() => this.engine, () => this.travelled());

  async start(): Promise<void> {
    this.buttons();
    addEventListener('hashchange', () => void this.route());
    const leave = (): void => { if (!sessionStorage.getItem(FELL)) this.keep(); };
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', () => { if (document.hidden) leave(); });
    await this.route();
    this.terminal.input.disabled = false;
    if (matchMedia('(min-width: 60rem)').matches) this.terminal.input.focus();
    document.documentElement.dataset.ready = '';
    performance.mark('usable');
    void rest().then(rehearse).catch((error: unknown) => this.print(`\n[a part of this page did not come: ${error}. Reload it.]\n`));
  }

  /** Opens what the address names. */
  private async route(): Promise<void> {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (hash === 'lessons') { history.replaceState(null, '', `#${this.open}`); this.lesson.choose(); return; }
    const shared = /^(.*?)~(.+)$/.exec(hash);
    if (shared) {
      const journal = await unpack(shared[2]!);
      await rest();
      if (journal === null) announce('The link is damaged.');
      else this.world(shared[1] || SANDBOX, journal);
      history.replaceState(null, '', `#${this.open}`);
      return;
    }
    const first = this.store.kept.last ?? this.list[0]?.id ?? SANDBOX;
    const wanted = hash || first;
    const known = wanted === SANDBOX || this.list.some((entry) => entry.id === wanted);
    this.keep();
    const id = known ? wanted : first;
    const journal = this.store.kept.sessions[id];
    if (journal || this.list.some((entry) => entry.id === id && entry.prepared)) await rest();
    this.world(id, journal);
  }

  /** Opens a lesson's world, or the sandbox, and plays again what was done in it. */
  private world(id: string, journal?: string): void {
    const engine = id === SANDBOX ? Engine.sandbox(SEED) : Engine.lesson(LANGUAGE, id);
    if (!engine) return;
    this.engine.free();
    this.engine = engine;
    this.open = id;
    this.texts = new Map();
    this.picture.reset();
    if (journal) this.replay(journal);
    const text: LessonText | null = id === SANDBOX ? null : lessonText(LANGUAGE, id);
    this.lesson.show(text);
    document.title = text ? `${text.title} · Drydock` : 'Drydock';
    this.store.change((kept) => { kept.last = id; });
    this.followed = Date.now();
    this.travelled();
  }

  private replay(journal: string): void {
    const played = this.engine.replay(journal);
    if (!Array.isArray(played)) { announce(played.error ?? ''); return; }
    for (const { point, line, text } of played as Piece[]) {
      if (line !== undefined) this.note(line === '^C' ? line : `${line}\n`, line === '^C' ? point : undefined, point);
      this.note(text, point);
    }
  }

  /** Keeps what was printed with the point it belongs to. A line itself belongs to the point that it makes. */
  private note(text: string, at: number | undefined, made = at): void {
    const point = at ?? made ?? 0;
    const all = (this.texts.get(point) ?? '') + text;
    this.texts.set(point, all.length > KEPT_TEXT ? all.slice(-KEPT_TEXT) : all);
  }

  private print(text: string): void {
    if (!text) return;
    this.terminal.feed(text);
    this.note(text, this.engine.here);
  }

  private interrupt(): void {
    if (!isWhole()) return;
    this.print('^C');
    this.engine.interrupt();
    this.work();
  }

  private enter(line: string): void {
    if (!isWhole()) { this.enterSoon(line); return; }
    this.unseen = { line, began: performance.now() };
    this.keep();
    const reply = this.engine.enter(line);
    this.print(`${line}\n`);
    if (reply.error || reply.text) this.print(reply.error ?? reply.text);
    if (/^\s*:/.test(line)) {
      this.engine.enter('');
      if (/^\s*:(undo|redo|reset)/.test(line)) { this.work(); this.travelled(); return; }
    }
    this.work();
  }

  /** Notes how long it took from Enter until its output was on the page, or the prompt where there is none. */
  private seen(): void {
    if (!this.unseen) return;
    const { line, began } = this.unseen;
    performance.measure('enter', { start: began, end: performance.now(), detail: line });
    this.unseen = undefined;
  }

  /** Enters a line when the other half of the computer is here; until then it counts as busy. */
  private enterSoon(line: string): void {
    this.waiting += 1;
    byId('interrupt').hidden = false;
    announce('One moment: a part of the computer is still on its way.');
    void rest().then(() => {
      this.waiting -= 1;
      this.enter(line);
    });
  }

  /** Lets the world work for a moment, shows what it printed, and comes back when there is more. */
  private work(): void {
    clearTimeout(this.timer);
    const start = performance.now();
    let elapsed = Math.max(0, Date.now() - this.followed);
    this.followed = Date.now();
    let printed = '';
    do {
      printed += this.engine.poll(elapsed, ROUNDS);
      elapsed = 0;
    } while (this.engine.mood === 'busy' && performance.now() - start < SLICE);
    const { mood } = this.engine;
    this.print(printed);
    this.terminal.draw();
    if (printed || mood !== 'busy') this.seen();
    byId('interrupt').hidden = this.waiting === 0 && (mood === 'idle' || mood === 'ended');
    if (printed) this.stale = true;
    if (mood === 'ended') { this.print('\n[the shell has ended: undo, or enter :reset]\n'); this.terminal.draw(); this.look(); return; }
    if (mood !== 'busy') this.look();
    if (mood === 'busy') requestAnimationFrame(() => this.work());
    else this.timer = window.setTimeout(() => this.work(), mood === 'waiting' ? NAP : IDLE);
  }

  /** Brings the panels up to date, after the output is on the screen. */
  private look(): void {
    requestAnimationFrame(() => {
      this.picture.draw();
      this.timeline.draw();
      if (this.stale || this.engine.mood === 'idle') this.lesson.update(this.engine.state());
      this.stale = false;
    });
  }

  /** Shows the screen of the point where the world now stands. */
  private travelled(): void {
    const points = this.engine.points();
    const byNumber = new Map(points.map((point) => [point.id, point]));
    const path = [this.engine.here];
    for (let at = byNumber.get(this.engine.here); at; at = byNumber.get(at.parent)) path.unshift(at.parent);
    this.terminal.reset(path.flatMap((id) => byNumber.get(id)?.line ?? []));
    for (const id of path) this.terminal.feed(this.texts.get(id) ?? '');
    this.stale = true;
    this.work();
  }

  private keep(): void {
    const journal = this.engine.journal();
    if (journal !== undefined) this.store.change((kept) => { kept.sessions[this.open] = journal; });
  }

  private tab(name: string): void {
    for (const tab of document.querySelectorAll<HTMLElement>('[role=tab]')) {
      const chosen = tab.getAttribute('aria-controls') === name;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    document.body.dataset.tab = name;
  }

  private buttons(): void {
    const on = (id: string, act: () => void): void => byId(id).addEventListener('click', act);
    on('lessons-button', () => this.lesson.choose());
    on('sandbox-button', () => { location.hash = SANDBOX; });
    on('share-button', () => void this.share());
    on('menu-button', () => this.menu());
    on('interrupt', () => this.interrupt());
    on('files-button', () => void this.files());
    const tabs = [...document.querySelectorAll<HTMLElement>('[role=tab]')];
    tabs.forEach((tab, at) => {
      tab.addEventListener('click', () => this.tab(tab.getAttribute('aria-controls')!));
      tab.addEventListener('keydown', (event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (step) { const next = tabs[(at + step + tabs.length) % tabs.length]!; next.click(); next.focus(); }
      });
    });
    this.tab('lesson');
    addEventListener('keydown', (event) => {
      const typing = event.target instanceof HTMLElement && event.target.closest('dialog, .cm-editor');
      if (typing || !(event.ctrlKey || event.metaKey) || this.terminal.input.value) return;
      const key = event.key.toLowerCase();
      if (key === 'z' && !event.shiftKey) { event.preventDefault(); this.timeline.undo(); }
      else if (key === 'y' || key === 'z') { event.preventDefault(); this.timeline.redo(); }
    });
  }

  private async files(): Promise<void> {
    const [{ openFiles }] = await Promise.all([import('./editor'), rest()]);
    openFiles(this.engine, () => { this.stale = true; this.work(); });
  }

  private async share(): Promise<void> {
    const journal = this.engine.journal();
    if (journal === undefined) return;
    const link = `${location.origin}${location.pathname}#${this.open}~${await pack(journal)}`;
    const field = el('input', { type: 'text', readonly: true, value: link, 'aria-label': 'Link', focus: (event: FocusEvent) => (event.target as HTMLInputElement).select() });
    const copy = el('button', { class: 'primary', click: () => void navigator.clipboard?.writeText(link).then(() => { copy.textContent = 'Copied'; }) }, 'Copy');
    dialog('Share this session', el('p', {}, 'Who opens this link gets this very world: everything that was entered is played again, with the same ids and the same times. The link carries all of it; nothing is sent anywhere.'), el('div', { class: 'row' }, field, copy));
  }

  private menu(): void {
    const theme = (value: '' | 'light' | 'dark', label: string): HTMLElement => el('label', {}, el('input', {
      type: 'radio', name: 'theme', value, checked: (this.store.kept.theme ?? '') === value,
      change: () => { document.documentElement.dataset.theme = value; this.store.change((kept) => { kept.theme = value; }); },
    }), label);
    const file = el('input', { type: 'file', accept: 'application/json', class: 'sr', 'aria-label': 'Import progress from a file', change: async () => {
      const text = await file.files?.[0]?.text();
      if (text !== undefined && this.store.import(text)) location.reload();
      else announce('That is no export of Drydock.');
    } });
    const save = (): void => {
      this.keep();
      const link = el('a', { href: URL.createObjectURL(new Blob([this.store.export()], { type: 'application/json' })), download: 'drydock.json' });
      link.click();
      URL.revokeObjectURL(link.href);
    };
    const again = (): void => {
      this.store.change((kept) => { delete kept.sessions[this.open]; });
      this.world(this.open);
      box.close();
    };
    const box = dialog('More',
      el('fieldset', {}, el('legend', {}, 'Colours'), theme('', 'As the system'), theme('light', 'Light'), theme('dark', 'Dark')),
      el('div', { class: 'row' }, el('button', { click: again }, 'Start this over'), el('button', { click: save }, 'Export progress'), el('button', { click: () => file.click() }, 'Import'), file),
      el('p', { class: 'dim' }, 'Progress stays in this browser. Keys: Ctrl-Z and Ctrl-Y undo and redo while the command line is empty; Tab completes; Ctrl-C interrupts. Enter :help for what the terminal can do besides.'));
  }
}

/** What a browser has compiled once, it need not compile again: a world that nobody sees goes first through what the
 * first lines of most people need. */
const REHEARSED = ['docker run --rm hello-world', 'docker run -d --name one alpine sleep 9', 'docker ps -a', 'docker exec one ls', 'docker build -qt two - <<< "FROM alpine"', 'docker rm -f one'];

function rehearse(): void {
  const unseen = Engine.sandbox(SEED);
  const lines = [...REHEARSED];
  const wait = window.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 50));
  const turn = (): void => {
    unseen.poll(NAP, 1);
    if (unseen.mood === 'idle') {
      const line = lines.shift();
      if (line === undefined) {
        unseen.free();
        document.documentElement.dataset.rehearsed = '';
        return;
      }
      unseen.enter(line);
    }
    wait(turn);
  };
  wait(turn);
}

/** Where the simulation itself fails, the page comes up again as it was before the last line. */
addEventListener('error', (event) => {
  if (!(event.error instanceof WebAssembly.RuntimeError) || sessionStorage.getItem(FELL)) return;
  sessionStorage.setItem(FELL, 'yes');
  location.reload();
});

await ready().catch((error: unknown) => {
  byId('log').textContent = `The simulated computer does not start in this browser: ${error}`;
  throw error;
});
await new Page().start();
if (sessionStorage.getItem(FELL)) {
  sessionStorage.removeItem(FELL);
  dialog('Back to before the last line', el('p', {}, 'The simulation met a fault of its own, so the last line was taken back. Everything before it is as it was.'));
}
if ('serviceWorker' in navigator && import.meta.env.PROD) void navigator.serviceWorker.register('./sw.js').catch(() => undefined);
