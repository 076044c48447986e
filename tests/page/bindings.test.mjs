// The bindings in WebAssembly, without a page: each of them is called, answers what its type says, and takes nonsense.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './module.mjs';

const SEED = 7;
const NONSENSE = ['', '\0', '\u{1b}[999999999A', 'é\u{300}', '$(', ':undo 99999999999999999999', 'docker run -v', '/../..', '~', '\ud800', 'x'.repeat(1 << 17)];
const drydock = await load();

function settle(desk) {
  let text = '';
  for (let at = 0; at < 2000; at += 1) {
    text += desk.poll(5, 200);
    if (desk.mood === 'idle') return text;
  }
  throw new Error(`${desk.mood} for too long`);
}

function typed(desk, line) {
  assert.equal(JSON.parse(desk.enter(line)).error, undefined);
  return settle(desk);
}

function fresh() {
  const desk = new drydock.Drydock(SEED);
  settle(desk);
  return desk;
}

test('a session: lines, views, files, completion, preview, the past', () => {
  const desk = fresh();
  assert.match(typed(desk, 'docker run -d --name web -p 80:80 nginx'), /[0-9a-f]{64}/);
  const scene = JSON.parse(desk.scene());
  assert.deepEqual(scene.containers.map(({ name, state }) => [name, state]), [['web', 'running']]);
  assert.ok(JSON.parse(desk.layer('nginx', 0)).paths.length > 0);
  assert.equal(JSON.parse(desk.path('web', '/etc/nginx/nginx.conf')).visible, true);
  assert.deepEqual(JSON.parse(desk.preview('docker rm -f web')), ['removes container web']);
  assert.deepEqual(JSON.parse(desk.complete('docker sto', 10)), [7, [{ text: 'stop', about: JSON.parse(desk.complete('docker sto', 10))[1][0].about }]]);
  assert.equal(desk.directory(), '/home/learner');
  assert.equal(JSON.parse(desk.write('note', 'kept')).error, undefined);
  assert.equal(JSON.parse(desk.read('note')).text, 'kept');
  assert.deepEqual(JSON.parse(desk.files('.')).map(({ name }) => name).filter((name) => name === 'note'), ['note']);
  assert.ok(desk.undo() && desk.here === 0 && JSON.parse(desk.scene()).containers.length === 0);
  assert.ok(desk.redo() && desk.here === 1 && JSON.parse(desk.scene()).containers.length === 1);
  assert.deepEqual(JSON.parse(desk.points()).map(({ parent }) => parent), [0]);
  assert.ok(desk.jump(0) && !desk.jump(99));
});

test('a registry with a published port is there as soon as its container runs', () => {
  const desk = fresh();
  assert.match(typed(desk, 'docker run -d -p 5000:5000 registry:2; curl -s localhost:5000/v2/; echo " $?"'), /\n\{\} 0\r?\n/);
});

test('a journal brings the same session back', () => {
  const desk = fresh();
  const shown = typed(desk, 'docker run --name one busybox date +%s.%N; docker ps -aq --no-trunc');
  const other = new drydock.Drydock(1);
  assert.ok(JSON.parse(other.replay(desk.journal())).some(({ text }) => shown.endsWith(text) && text.length > 64));
  assert.equal(other.scene(), desk.scene());
});

test('what waits is interrupted, and a shell that ends says so', () => {
  const desk = fresh();
  desk.enter('sleep 1000');
  desk.poll(5, 200);
  assert.equal(desk.mood, 'waiting');
  desk.interrupt();
  settle(desk);
  desk.enter('while true; do :; done');
  desk.poll(5, 200);
  assert.equal(desk.mood, 'busy');
  desk.interrupt();
  settle(desk);
  desk.end_input();
  for (let at = 0; at < 20; at += 1) desk.poll(5, 200);
  assert.equal(desk.mood, 'ended');
});

test('lessons: every one of the list begins unsolved; the first is solved and graded', () => {
  const list = JSON.parse(drydock.lesson_list('en'));
  assert.ok(list.length >= 24);
  for (const { id } of list.filter(({ prepared }) => !prepared)) {
    const desk = drydock.Drydock.lesson('en', id);
    settle(desk);
    assert.equal(JSON.parse(desk.state()).solved, false, id);
    assert.ok(JSON.parse(drydock.lesson_text('en', id)).hints.length > 0, id);
    desk.free();
  }
  const desk = drydock.Drydock.lesson('en', 'first-container');
  settle(desk);
  typed(desk, 'docker run hello-world');
  assert.equal(JSON.parse(desk.state()).solved, true);
  assert.deepEqual(['2', '1'].map((answer) => JSON.parse(desk.grade(answer)).right), [true, false]);
  assert.equal(drydock.Drydock.lesson('en', 'no-such-lesson'), undefined);
  assert.equal(drydock.lesson_text('en', 'no-such-lesson'), 'null');
  assert.ok(drydock.lesson_seed() > 0 && JSON.parse(drydock.lifecycle()).length > 5);
});

test('nonsense is answered by every binding that takes a text', () => {
  const desk = fresh();
  for (const text of NONSENSE) {
    desk.enter(text);
    desk.interrupt();
    settle(desk);
    for (const name of ['preview', 'files', 'read', 'replay', 'grade']) JSON.parse(desk[name](text));
    for (const at of [0, 3, 1 << 30]) {
      JSON.parse(desk.complete(text, at));
      JSON.parse(desk.layer(text, at));
    }
    JSON.parse(desk.path('nginx', text));
    JSON.parse(desk.write(text, text));
    assert.equal(drydock.lesson_text(text, text), 'null');
    assert.equal(typeof drydock.transcript(text, SEED), 'string');
  }
});

test('no binding is without a test here', async () => {
  const { readFileSync } = await import('node:fs');
  const told = readFileSync(new URL(import.meta.url), 'utf8');
  const methods = Object.getOwnPropertyNames(drydock.Drydock.prototype).filter((name) => /^[a-z]\w*$/.test(name) && name !== 'constructor');
  const functions = Object.keys(drydock).filter((name) => /^[a-z]\w+$/.test(name) && !['default', 'initSync'].includes(name));
  const missing = [...methods, ...functions].filter((name) => !new RegExp(`(desk|drydock)\\.${name}\\b|'${name}'`).test(told));
  assert.deepEqual(missing, []);
});
