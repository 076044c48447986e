// A web server for the built page, under a path that it does not know of, and a browser.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const SITE = process.env.DRYDOCK_SITE ?? fileURLToPath(new URL('../../target/web/site', import.meta.url));
const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PATH = '/some/where/';
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json' };

export async function serve() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const inside = pathname.startsWith(PATH) ? normalize(pathname.slice(PATH.length)) : '..';
    let file = join(SITE, inside);
    if (inside.startsWith('..') || !existsSync(file)) return void response.writeHead(404).end();
    if (statSync(file).isDirectory()) file = join(file, 'index.html');
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); };
  return { url: `http://127.0.0.1:${server.address().port}${PATH}`, close };
}

export const launch = () => chromium.launch({
  executablePath: BROWSER,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});

/** A page with a world that waits for a line. */
export async function open(context, address) {
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') page.faults.push(message.text()); });
  await page.goto(address);
  await usable(page);
  return page;
}

export async function usable(page) {
  await page.waitForSelector('html[data-ready]', { state: 'attached' });
  await page.waitForFunction(() => document.getElementById('prompt').textContent.trim().endsWith('$'));
}

/** Types a line, as a person would, and waits for the next prompt. */
export async function enter(page, line) {
  await page.locator('#line').fill(line);
  await page.locator('#line').press('Enter');
  await page.waitForFunction(() => document.getElementById('interrupt').hidden && /[$#] ?$/.test(document.getElementById('prompt').textContent));
}

export const output = (page) => page.locator('#log').innerText();
