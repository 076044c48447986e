/** What the browser keeps: progress, sessions as journals, the theme. */

export interface Kept {
  theme?: '' | 'light' | 'dark';
  /** When each lesson was solved. */
  solved: Record<string, string>;
  /** The journal of each lesson and of the sandbox. */
  sessions: Record<string, string>;
  /** What was open last. */
  last?: string;
}

const KEY = 'drydock';

function read(text: string | null): Kept {
  const empty: Kept = { solved: {}, sessions: {} };
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<Kept>;
    const texts = (value: unknown): Record<string, string> =>
      Object.fromEntries(Object.entries(value ?? {}).filter(([, text]) => typeof text === 'string')) as Record<string, string>;
    return { ...empty, theme: kept.theme ?? '', last: kept.last, solved: texts(kept.solved), sessions: texts(kept.sessions) };
  } catch {
    return empty;
  }
}

export class Store {
  kept: Kept = read(this.item());

  private item(): string | null {
    try { return localStorage.getItem(KEY); } catch { return null; }
  }

  /** Keeps what has changed; a browser that keeps nothing still works. */
  change(edit: (kept: Kept) => void): void {
    edit(this.kept);
    try { localStorage.setItem(KEY, JSON.stringify(this.kept)); } catch { /* private windows keep nothing */ }
  }

  export(): string {
    return JSON.stringify({ drydock: 1, ...this.kept }, null, 1);
  }

  /** Takes an export over; false where it is none. */
  import(text: string): boolean {
    try {
      if ((JSON.parse(text) as { drydock?: number }).drydock !== 1) return false;
    } catch {
      return false;
    }
    const read_ = read(text);
    this.change((kept) => Object.assign(kept, { ...read_, solved: { ...kept.solved, ...read_.solved } }));
    return true;
  }
}
