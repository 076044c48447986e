// The module of the page, both halves, without a browser.
import { readFileSync } from 'node:fs';

const at = (name) => new URL(`../../target/web/bindings/${name}`, import.meta.url);

export async function load() {
  const drydock = await import(at('drydock.js'));
  const first = await drydock.default({ module_or_path: readFileSync(at('drydock_bg.wasm')) });
  await WebAssembly.instantiate(readFileSync(at('drydock_rest.wasm')), { _: first });
  return drydock;
}
