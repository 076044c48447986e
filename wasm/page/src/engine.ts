/** The simulated computer: the bindings with types. Every answer is plain data. */
import init, * as wasm from '@bindings/drydock.js';
import first from '@bindings/drydock_bg.wasm?url';
import second from '@bindings/drydock_rest.wasm?url';

export type Mood = 'idle' | 'busy' | 'waiting' | 'ended';
export type State = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface Layer { id: string; made_by: string; size: number; images: number }
export interface Image { id: string; names: string[]; layers: number[]; size: number }
export interface Mount { kind: string; source: string; target: string }
export interface Container {
  id: string; name: string; image: string; image_id: string; command: string; state: State; status: string;
  exit_code: number; health: string | null; changes: [string, string][]; more_changes: number; mounts: Mount[];
  networks: [string, string][]; ports: [string, string][];
}
export interface Volume { name: string; anonymous: boolean; users: string[]; files: string[] }
export interface Network { name: string; driver: string; subnet: string; members: [string, string][]; predefined: boolean }
export interface Scene {
  images: Image[]; layers: Layer[]; containers: Container[]; volumes: Volume[]; networks: Network[]; pushed: string[]; now: number;
}
export interface Reply { text: string; error?: string }
export interface Point { id: number; parent: number; line: string }
export interface Piece { point: number; line?: string; text: string }
export interface LayerContent { paths: { path: string; mark: '+' | '-' | '='; dir: boolean; size: number }[]; more: number }
export interface Origin { supplier: number | null; shadowed: number[]; hidden_by: number | null; visible: boolean; depth: number }
export interface File { name: string; dir: boolean; size: number }
export interface LessonEntry { number: number; id: string; title: string; goals: number; prepared: boolean; text: string }
export interface LessonText {
  number: number; id: string; title: string; goals: string[]; hints: string[]; solution: string; ask: string; choices: string[]; prose: string; why: string;
}
export interface LessonState { solved: boolean; goals: boolean[]; nudge: string | null }
export interface Graded { right: boolean; answer: string; because: string }
export interface Offer { text: string; about: string }
export interface Arrow { from: State; by: string; to: State }

const parse = <T>(text: string): T => JSON.parse(text) as T;
const bytes = new TextEncoder();

let half: Promise<unknown> | undefined;
let other: Promise<void> | undefined;
let whole = false;

/** What is needed until the prompt is there: the half of the module that `cargo page` saw running until then. */
export const ready = (): Promise<unknown> => (half ??= init({ module_or_path: first }));

/** The other half. Before it is here, nothing may be entered, and no world opened that something was done in. */
export const rest = (): Promise<void> => (other ??= (async () => {
  const answer = await fetch(second);
  if (!answer.ok) throw new Error(`${second}: ${answer.status}`);
  await WebAssembly.instantiate(await answer.arrayBuffer(), { _: (await ready()) as WebAssembly.ModuleImports });
  whole = true;
})());

/** True once both halves are here. */
export const isWhole = (): boolean => whole;

export const lessons = (language: string): LessonEntry[] => parse(wasm.lesson_list(language));
export const lessonText = (language: string, id: string): LessonText | null => parse(wasm.lesson_text(language, id));
export const lifecycle = (): Arrow[] => parse(wasm.lifecycle());

/** One world with its past. */
export class Engine {
  private constructor(private readonly desk: wasm.Drydock) {}

  static sandbox(seed: number): Engine {
    return new Engine(new wasm.Drydock(seed));
  }

  static lesson(language: string, id: string): Engine | null {
    const desk = wasm.Drydock.lesson(language, id);
    return desk ? new Engine(desk) : null;
  }

  free(): void { this.desk.free(); }
  enter(line: string): Reply { return parse(this.desk.enter(line)); }
  poll(elapsed: number, rounds: number): string { return this.desk.poll(elapsed, rounds); }
  get mood(): Mood { return this.desk.mood as Mood; }
  interrupt(): void { this.desk.interrupt(); }
  endInput(): void { this.desk.end_input(); }
  undo(): boolean { return this.desk.undo(); }
  redo(): boolean { return this.desk.redo(); }
  jump(point: number): boolean { return this.desk.jump(point); }
  get here(): number { return this.desk.here; }
  points(): Point[] { return parse(this.desk.points()); }
  journal(): string | undefined { return this.desk.journal(); }
  replay(journal: string): Piece[] | Reply { return parse(this.desk.replay(journal)); }
  scene(): Scene { return parse(this.desk.scene()); }
  layer(name: string, at: number): LayerContent | null { return parse(this.desk.layer(name, at)); }
  path(name: string, path: string): Origin | null { return parse(this.desk.path(name, path)); }
  directory(): string { return this.desk.directory(); }
  files(path: string): File[] | Reply { return parse(this.desk.files(path)); }
  read(path: string): Reply { return parse(this.desk.read(path)); }
  write(path: string, text: string): Reply { return parse(this.desk.write(path, text)); }
  state(): LessonState | null { return parse(this.desk.state()); }
  grade(answer: string): Graded | null { return parse(this.desk.grade(answer)); }
  preview(line: string): string[] | null { return parse(this.desk.preview(line)); }

  /** Completions of the word that ends at `at`, as places in the string. */
  complete(line: string, at: number): { from: number; offers: Offer[] } {
    const before = bytes.encode(line.slice(0, at));
    const [from, offers] = parse<[number, Offer[]]>(this.desk.complete(line, before.length));
    return { from: new TextDecoder().decode(before.slice(0, from)).length, offers };
  }
}
