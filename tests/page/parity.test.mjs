// The same script gives the same bytes natively and in WebAssembly.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const NATIVE = process.env.DRYDOCK ?? at('../../target/debug/drydock');

test('native and WebAssembly print the same bytes', async () => {
  const drydock = await import(at('../../target/web/bindings/drydock.js'));
  await drydock.default({ module_or_path: readFileSync(at('../../target/web/bindings/drydock_bg.wasm')) });
  const script = readFileSync(at('parity.sh'), 'utf8');
  for (const seed of [7, 4_000_000_000]) {
    const native = execFileSync(NATIVE, ['--seed', String(seed), 'transcript'], { input: script, encoding: 'utf8' });
    assert.equal(drydock.transcript(script, seed), native);
    assert.ok(native.length > 20_000, `${native.length} bytes are too few`);
  }
});
