import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const bindings = fileURLToPath(new URL('../../target/web/bindings', import.meta.url));

/** Asks for the half of the module early that the prompt needs, and lists all files for the service worker. */
function offline(): Plugin {
  return {
    name: 'offline',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const wasm = Object.keys(bundle ?? {}).find((name) => /drydock_bg.*\.wasm$/.test(name));
        if (!wasm) return html;
        const link = `<link rel="preload" href="./${wasm}" as="fetch" type="application/wasm" crossorigin>`;
        return html.replace('</head>', `  ${link}\n</head>`);
      },
    },
    generateBundle(_, bundle) {
      const names = ['./', './icon.svg', './manifest.webmanifest', ...Object.keys(bundle).filter((n) => n !== 'index.html').map((n) => `./${n}`)];
      const version = createHash('sha256').update(names.join()).digest('hex').slice(0, 12);
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: `const CACHE = 'drydock-${version}';
const FILES = ${JSON.stringify(names)};
addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});
addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('drydock-') && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => clients.claim()));
});
addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  const page = event.request.mode === 'navigate';
  const kept = () => caches.match(page ? './' : event.request, { ignoreSearch: true });
  const fresh = () => fetch(event.request);
  event.respondWith(page ? fresh().catch(kept) : kept().then((found) => found ?? fresh()));
});
`,
      });
    },
  };
}

export default defineConfig({
  base: './',
  resolve: { alias: { '@bindings': bindings } },
  server: { fs: { allow: ['..', bindings] } },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  plugins: [offline()],
});
