/** The terminal: a log of rows and one real input behind the prompt. */
import { announce, byId, el } from './dom';
import type { Offer } from './engine';
import { Screen, draw } from './screen';

export interface Shell {
  enter(line: string): void;
  interrupt(): void;
  endInput(): void;
  complete(line: string, at: number): { from: number; offers: Offer[] };
  preview(line: string): string[] | null;
}

const SHOWN_OFFERS = 24;

export class Terminal {
  private screen = new Screen();
  private readonly log = byId('log');
  private readonly prompt = byId('prompt');
  private readonly box = byId('screen');
  private readonly offers = byId('offers');
  private readonly foresight = byId('preview');
  readonly input = byId<HTMLInputElement>('line');
  private history: string[] = [];
  private at = 0;
  private draft = '';
  private leaving = false;
  private follows = true;
  private timer = 0;

  constructor(private readonly shell: Shell) {
    byId('form').addEventListener('submit', (event) => { event.preventDefault(); this.submit(); });
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('input', () => { this.leaving = false; this.at = this.history.length; this.think(); });
    this.input.addEventListener('paste', (event) => this.paste(event));
    this.box.addEventListener('scroll', () => { this.follows = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 60; });
    new ResizeObserver(() => this.follow()).observe(this.box);
    this.box.addEventListener('mouseup', () => { if (!getSelection()?.toString()) this.input.focus({ preventScroll: true }); });
  }

  /** Shows a prompt anew, with what was entered so far to go back to. */
  reset(history: string[]): void {
    this.screen = new Screen();
    this.log.replaceChildren();
    this.history = history;
    this.at = history.length;
    this.clear();
    this.draw();
  }

  feed(text: string): void {
    if (text) this.screen.feed(text);
  }

  /** Brings what was fed onto the page. */
  draw(): void {
    const { rows, dirty } = this.screen;
    const last = rows.length - 1;
    while (this.log.childElementCount > Math.min(dirty, last)) this.log.lastElementChild?.remove();
    const fresh = document.createDocumentFragment();
    for (let at = this.log.childElementCount; at < last; at += 1) {
      const row = el('div', {}, ...draw(rows[at]!));
      if (!row.hasChildNodes()) row.append('\u200b');
      fresh.append(row);
    }
    this.log.append(fresh);
    this.prompt.replaceChildren(...draw(rows[last]!));
    this.screen.dirty = last;
    this.follow();
  }

  /** Keeps the last line in sight, unless someone has scrolled away from it. */
  private follow(): void {
    if (this.follows) this.box.scrollTop = this.box.scrollHeight;
  }

  /** Puts a command into the input, to be looked at and entered. */
  suggest(command: string): void {
    this.input.value = command;
    this.input.focus();
    this.input.setSelectionRange(command.length, command.length);
    this.think();
  }

  private submit(): void {
    const line = this.input.value;
    this.clear();
    if (line.trim() && this.history[this.history.length - 1] !== line) this.history.push(line);
    this.at = this.history.length;
    this.follows = true;
    this.shell.enter(line);
  }

  private clear(): void {
    this.input.value = '';
    this.draft = '';
    this.offers.replaceChildren();
    this.foresight.textContent = '';
    clearTimeout(this.timer);
  }

  private key(event: KeyboardEvent): void {
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    if (control && event.key === 'c' && this.input.selectionStart === this.input.selectionEnd && !getSelection()?.toString()) {
      event.preventDefault();
      this.clear();
      this.shell.interrupt();
    } else if (control && event.key === 'd' && !this.input.value) {
      event.preventDefault();
      this.shell.endInput();
    } else if (control && event.key === 'l') {
      event.preventDefault();
      this.feed('\x1b[2J');
      this.shell.enter('');
    } else if (control && event.key === 'u') {
      event.preventDefault();
      this.clear();
    } else if (event.key === 'Tab' && !event.shiftKey && this.input.value && !this.leaving) {
      event.preventDefault();
      this.complete();
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      this.browse(event.key === 'ArrowUp' ? -1 : 1);
    } else if (event.key === 'Escape') {
      this.leaving = true;
      this.offers.replaceChildren();
      announce('Tab leaves the command line now.');
    }
  }

  private browse(step: number): void {
    if (this.at === this.history.length) this.draft = this.input.value;
    this.at = Math.max(0, Math.min(this.history.length, this.at + step));
    this.input.value = this.at === this.history.length ? this.draft : this.history[this.at]!;
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    this.think();
  }

  private paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text') ?? '';
    if (!/\r?\n/.test(text)) return;
    event.preventDefault();
    const { selectionStart, selectionEnd, value } = this.input;
    const lines = text.split(/\r?\n/);
    lines[0] = value.slice(0, selectionStart ?? value.length) + lines[0];
    const rest = lines.pop()! + value.slice(selectionEnd ?? value.length);
    for (const line of lines) { this.input.value = line; this.submit(); }
    this.input.value = rest;
  }

  private complete(): void {
    const at = this.input.selectionStart ?? this.input.value.length;
    const { from, offers } = this.shell.complete(this.input.value, at);
    if (offers.length === 1) { this.take(from, at, `${offers[0]!.text} `); return; }
    if (!offers.length) { announce('No completion.'); return; }
    let common = offers[0]!.text;
    for (const { text } of offers) while (!text.startsWith(common)) common = common.slice(0, -1);
    if (common.length > at - from) this.take(from, at, common);
    this.show(offers);
    announce(`${offers.length} completions.`);
  }

  private take(from: number, to: number, text: string): void {
    const value = this.input.value;
    this.input.value = value.slice(0, from) + text + value.slice(to);
    this.input.setSelectionRange(from + text.length, from + text.length);
    this.input.focus();
    this.think();
  }

  private show(offers: Offer[]): void {
    const chips = offers.slice(0, SHOWN_OFFERS).map(({ text, about }) => el('button', {
      type: 'button', title: about || null, click: () => {
        const at = this.input.selectionStart ?? this.input.value.length;
        this.take(this.shell.complete(this.input.value, at).from, at, `${text} `);
      },
    }, text));
    const more = offers.length - SHOWN_OFFERS;
    this.offers.replaceChildren(...chips, ...(more > 0 ? [el('span', {}, `${more} more`)] : []));
  }

  /** Tells, a moment after the last key, what the line would do. */
  private think(): void {
    clearTimeout(this.timer);
    this.offers.replaceChildren();
    this.foresight.textContent = '';
    const line = this.input.value.trim();
    if (!/^docker\s+\S+\s+\S/.test(line)) return;
    this.timer = window.setTimeout(() => {
      const changes = this.shell.preview(line);
      if (changes?.length && this.input.value.trim() === line) {
        const more = changes.length > 3 ? `, and ${changes.length - 3} more` : '';
        this.foresight.textContent = `Enter ${changes.slice(0, 3).join(', ')}${more}.`;
      }
    }, 250);
  }
}
