/** A terminal's screen as rows of cells: what programs print, with colours, carriage returns and cursor moves. */

const LONGEST = 4000;

export interface Row { cells: string[]; styles: string[] }
const blank = (): Row => ({ cells: [], styles: [] });

export class Screen {
  rows: Row[] = [blank()];
  /** The first row that changed since it was last drawn. */
  dirty = 0;
  private row = 0;
  private column = 0;
  private style = '';
  private rest = '';

  feed(text: string): void {
    const input = this.rest + text;
    this.rest = '';
    for (let at = 0; at < input.length; ) {
      const code = input.charCodeAt(at);
      if (code === 0x1b) {
        const end = this.escape(input, at);
        if (end < 0) { this.rest = input.slice(at); return; }
        at = end;
        continue;
      }
      const char = String.fromCodePoint(input.codePointAt(at) ?? 32);
      at += char.length;
      if (code >= 32) this.put(char);
      else this.control(code);
    }
    if (this.rows.length > LONGEST) {
      const gone = this.rows.length - LONGEST;
      this.rows.splice(0, gone);
      this.row -= gone;
      this.dirty = 0;
    }
  }

  private touch(row: number): Row {
    this.dirty = Math.min(this.dirty, row);
    while (this.rows.length <= row) this.rows.push(blank());
    return this.rows[row]!;
  }

  private put(char: string): void {
    const row = this.touch(this.row);
    while (row.cells.length < this.column) { row.cells.push(' '); row.styles.push(''); }
    row.cells[this.column] = char;
    row.styles[this.column] = this.style;
    this.column += 1;
  }

  private control(code: number): void {
    if (code === 10) { this.row += 1; this.column = 0; this.touch(this.row); }
    else if (code === 13) this.column = 0;
    else if (code === 8) this.column = Math.max(0, this.column - 1);
    else if (code === 9) do this.put(' '); while (this.column % 8);
  }

  /** Does an escape sequence; returns where it ends, or -1 where it is not all here yet. */
  private escape(input: string, at: number): number {
    const kind = input[at + 1];
    if (kind === undefined) return -1;
    if (kind === ']') {
      const end = input.slice(at).search(/\x07|\x1b\\/);
      return end < 0 ? -1 : at + end + (input[at + end] === '\x07' ? 1 : 2);
    }
    if (kind !== '[') return at + 2;
    const match = /^\x1b\[([0-9;?]*)([@-~])/.exec(input.slice(at, at + 40));
    if (!match) return input.length - at < 40 ? -1 : at + 2;
    const numbers = match[1]!.split(';').map((n) => Number.parseInt(n, 10) || 0);
    this.sequence(match[2]!, numbers);
    return at + match[0].length;
  }

  private sequence(final: string, numbers: number[]): void {
    const n = Math.max(1, numbers[0] ?? 1);
    switch (final) {
      case 'A': this.row = Math.max(0, this.row - n); break;
      case 'B': this.row += n; this.touch(this.row); break;
      case 'C': this.column += n; break;
      case 'D': this.column = Math.max(0, this.column - n); break;
      case 'G': this.column = n - 1; break;
      case 'H': if (n === 1) { this.row = this.top(); this.column = 0; } break;
      case 'J': this.erase(numbers[0] ?? 0); break;
      case 'K': this.eraseLine(numbers[0] ?? 0); break;
      case 'm': this.colour(numbers); break;
    }
  }

  /** Nothing scrolls away on this screen: its top is where it was cleared last, the first row. */
  private top(): number { return 0; }

  private erase(how: number): void {
    if (how >= 2) { this.rows = [blank()]; this.row = 0; this.column = 0; this.dirty = 0; return; }
    if (how === 0) { this.eraseLine(0); this.rows.length = this.row + 1; }
  }

  private eraseLine(how: number): void {
    const row = this.touch(this.row);
    if (how === 2) { row.cells = []; row.styles = []; }
    else if (how === 0) { row.cells.length = Math.min(row.cells.length, this.column); row.styles.length = row.cells.length; }
    else for (let i = 0; i <= this.column && i < row.cells.length; i += 1) { row.cells[i] = ' '; row.styles[i] = ''; }
  }

  private colour(numbers: number[]): void {
    const classes = new Set(this.style.split(' ').filter(Boolean));
    const drop = (prefix: string): void => { for (const c of classes) if (c.startsWith(prefix)) classes.delete(c); };
    for (let i = 0; i < numbers.length; i += 1) {
      const n = numbers[i]!;
      if (n === 0) classes.clear();
      else if (n === 1) classes.add('bold');
      else if (n === 2) classes.add('dim');
      else if (n === 3) classes.add('italic');
      else if (n === 4) classes.add('underline');
      else if (n === 7) classes.add('inverse');
      else if (n === 22) { classes.delete('bold'); classes.delete('dim'); }
      else if (n === 23) classes.delete('italic');
      else if (n === 24) classes.delete('underline');
      else if (n === 27) classes.delete('inverse');
      else if ((n >= 30 && n <= 37) || (n >= 90 && n <= 97)) { drop('f'); classes.add(`f${n % 10}`); }
      else if (n === 39) drop('f');
      else if ((n >= 40 && n <= 47) || (n >= 100 && n <= 107)) { drop('b'); classes.add(`b${n % 10}`); }
      else if (n === 49) drop('b');
      else if (n === 38 || n === 48) i += numbers[i + 1] === 5 ? 2 : 4;
    }
    this.style = [...classes].join(' ');
  }
}

/** A row as nodes: runs of one style. */
export function draw(row: Row): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < row.cells.length; ) {
    const style = row.styles[at] ?? '';
    let end = at + 1;
    while (end < row.cells.length && (row.styles[end] ?? '') === style) end += 1;
    const text = row.cells.slice(at, end).join('');
    if (style) {
      const span = document.createElement('span');
      span.className = style;
      span.textContent = text;
      nodes.push(span);
    } else nodes.push(document.createTextNode(text));
    at = end;
  }
  return nodes;
}
