// Brings up every world that a page opens before the second half of the module is here, without that half.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const at = (name) => new URL(`../../target/web/bindings/${name}`, import.meta.url);
const drydock = await import(at('drydock.js'));
await drydock.default({ module_or_path: readFileSync(at('drydock_bg.wasm')) });

const bare = JSON.parse(drydock.lesson_list('en')).filter((lesson) => !lesson.prepared);
assert.ok(bare.length > 0);
const desks = [() => new drydock.Drydock(7), () => new drydock.Drydock(12), ...bare.map(({ id }) => () => drydock.Drydock.lesson('en', id))];
for (const open of desks) {
  const desk = open();
  assert.match(desk.poll(5, 2000), /\$ $/);
  for (let passed = 0; passed < 20; passed += 1) desk.poll(400, 40);
  assert.equal(desk.mood, 'idle');
  for (const view of ['scene', 'points', 'state', 'journal', 'directory']) desk[view]();
}
assert.throws(() => { const desk = desks[0](); desk.enter('python3 -c 1; docker run --rm python python -c 1'); for (let i = 0; i < 500; i += 1) desk.poll(50, 200); }, WebAssembly.RuntimeError);
