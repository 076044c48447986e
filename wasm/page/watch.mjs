// Runs what a page runs until its prompt is there, for the sandbox and every lesson that begins with a fresh world, on a module whose functions tell
// when they are entered, and prints the numbers of those that were. `cargo page` calls this.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [module] = process.argv.slice(2);
const seen = new Uint8Array(1 << 20);
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = (what, imports) => instantiate(what, { ...imports, watch: { runs: (number) => { seen[number] = 1; } } });

const drydock = await import(join(dirname(module), 'drydock.js'));
await drydock.default({ module_or_path: readFileSync(module) });

/** How long a page may stand open before the rest has come, in looks of so many milliseconds. */
const LOOKS = 90;
const LOOK = 33;

function look(desk) {
  for (let at = 0; at < LOOKS; at += 1) desk.poll(LOOK, 200);
  for (const view of ['mood', 'here']) void desk[view];
  for (const view of ['scene', 'points', 'state', 'journal', 'directory']) desk[view]();
  desk.free();
}

drydock.lifecycle();
look(new drydock.Drydock(7));
for (const { id, prepared } of JSON.parse(drydock.lesson_list('en'))) {
  if (prepared) continue;
  drydock.lesson_text('en', id);
  look(drydock.Drydock.lesson('en', id));
}
console.log([...seen.keys()].filter((number) => seen[number]).join(' '));
