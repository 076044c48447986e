// The same script gives the same bytes natively and in WebAssembly: one of our own, and every so manieth of the
// recordings, with whatever languages and services they use.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from './module.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const NATIVE = process.env.DRYDOCK ?? at('../../target/debug/drydock');
const EVERY = 8;

const scripts = ['seeds', 'open'].flatMap((folder) => {
  const path = at(`../conformance/${folder}`);
  const all = readdirSync(path).filter((name) => name.endsWith('.sh')).sort();
  return all.filter((_, place) => place % EVERY === 0).map((name) => `${path}/${name}`);
});

test('native and WebAssembly print the same bytes', async (t) => {
  const drydock = await load();
  const native = (script, seed) => execFileSync(NATIVE, ['--seed', String(seed), 'transcript'], { input: script, encoding: 'utf8', maxBuffer: 1 << 26 });
  const ours = readFileSync(at('parity.sh'), 'utf8');
  for (const seed of [7, 4_000_000_000]) {
    const told = native(ours, seed);
    assert.equal(drydock.transcript(ours, seed), told);
    assert.ok(told.length > 15_000, `${told.length} bytes are too few`);
  }
  let bytes = 0;
  for (const path of scripts) {
    const script = readFileSync(path, 'utf8');
    const told = native(script, 7);
    assert.equal(drydock.transcript(script, 7), told, path);
    bytes += told.length;
  }
  t.diagnostic(`${scripts.length} recordings, ${bytes} bytes`);
  assert.ok(scripts.length > 10 && bytes > 10_000);
});

test('before the second half is here, the first brings every fresh world to its prompt', async () => {
  const { status, stderr } = (await import('node:child_process')).spawnSync(process.execPath, [at('first.mjs')], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
