// The page in a real browser, as people use it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SITE, enter, launch, open, output, serve, usable } from './support.mjs';
import { Yardstick } from './yardstick.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const LESSON = '#first-container';
let site, browser;

before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
after(async () => { await browser?.close(); await site?.close(); });

/** Runs a test with a fresh profile and checks that the page met no fault. */
function inPage(name, { todo, ...options }, body) {
  test(name, { todo }, async (t) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: [], ...options });
    try {
      const page = await open(context, site.url + (options.hash ?? LESSON));
      await body(page, context, t);
      assert.deepEqual(page.faults, []);
    } finally {
      await context.close();
    }
  });
}

const goals = (page) => page.locator('.goals li').evaluateAll((items) => items.map((item) => item.dataset.done));

async function faults(page) {
  // What is still fading in has not the contrast yet that it will have.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ').slice(0, 300)}`);
}

/** The goal for what is fetched before the prompt is there, and how large all of the module may be: the goal for that
 * is the same 900 kB, which it is far above; the figure is where it stands and may only be made smaller. */
const [GOAL, WHOLE] = [900_000, 2_300_000];

test('the page is small', (t) => {
  const files = readdirSync(join(SITE, 'assets')).map((name) => [name, gzipSync(readFileSync(join(SITE, 'assets', name)), { level: 9 }).length]);
  const total = (of) => files.filter(([name]) => of.test(name)).reduce((sum, [, size]) => sum + size, 0);
  const [prompt, all, scripts] = [/^drydock_bg.*wasm$/, /wasm$/, /js$/].map(total);
  t.diagnostic(`gzip: wasm until the prompt ${prompt}, all wasm ${all}, JavaScript ${scripts} bytes`);
  assert.ok(prompt > 0 && prompt < GOAL, `the prompt needs ${prompt} bytes of wasm`);
  assert.ok(all < WHOLE, `the wasm is ${all} bytes`);
  assert.ok(scripts < 200_000, `the JavaScript is ${scripts} bytes`);
});

inPage('a newcomer solves lesson 1 by typing only', {}, async (page) => {
  assert.deepEqual(await goals(page), ['false', 'false']);
  await enter(page, 'docker run hello-world');
  assert.match(await output(page), /Hello from Docker!/);
  await page.waitForSelector('.quiz');
  assert.deepEqual(await goals(page), ['true', 'true']);
  assert.equal(await page.locator('.card.image h3').innerText(), 'hello-world:latest');
  assert.equal(await page.locator('.card.container').getAttribute('data-state'), 'exited');
  await page.getByRole('button', { name: '2', exact: true }).click();
  assert.match(await page.locator('.verdict').innerText(), /^Right/);
});

inPage('undo takes back, another line makes a branch, both futures stay', { hash: '#sandbox' }, async (page) => {
  await enter(page, 'docker volume create one');
  await page.keyboard.press('Control+z');
  await page.waitForFunction(() => !document.querySelector('[data-key="volume one"]'));
  await enter(page, 'docker volume create two');
  await page.waitForSelector('[data-key="volume two"]');
  await page.getByRole('button', { name: 'Other branch: docker volume create one' }).click();
  await page.waitForSelector('[data-key="volume one"]');
  assert.equal(await page.locator('[data-key="volume two"]').count(), 0);
  assert.match(await output(page), /volume create one/);
});

inPage('a link replays the session, ids and times included', { hash: '#sandbox' }, async (page, context) => {
  await enter(page, 'docker run -d --name web nginx');
  await enter(page, 'date +%s.%N; docker ps -aq --no-trunc');
  await page.locator('#share-button').click();
  const link = await page.getByLabel('Link').inputValue();
  const other = await open(context, link);
  assert.equal(await output(other), await output(page));
  await other.waitForSelector('[data-key^="container"][data-state="running"]');
});

inPage('the editor writes files that the shell reads', { hash: '#sandbox' }, async (page) => {
  await page.locator('#files-button').click();
  await page.getByLabel('New file').fill('Dockerfile');
  await page.getByLabel('New file').press('Enter');
  await page.locator('.cm-content').click();
  await page.keyboard.type('FROM busybox\nRUN echo made > /made\n');
  await page.keyboard.press('Control+s');
  await page.getByText('Saved /home/learner/Dockerfile.').first().waitFor();
  await page.keyboard.press('Escape');
  await enter(page, 'docker build -qt mine . && docker run --rm mine cat /made');
  assert.match(await output(page), /\nmade\s*$/);
});

inPage('reload keeps the session and the progress', {}, async (page) => {
  await enter(page, 'docker run hello-world');
  await page.waitForSelector('.quiz');
  const shown = await output(page);
  await page.reload();
  await usable(page);
  await page.waitForSelector('.quiz');
  assert.equal(await output(page), shown);
  await page.locator('#lessons-button').click();
  assert.match(await page.locator('.lessons [data-solved]').innerText(), /Your first container/);
});

inPage('progress goes out as a file and comes in again elsewhere', {}, async (page) => {
  await enter(page, 'docker run hello-world');
  await page.waitForSelector('.quiz');
  const shown = await output(page);
  await page.locator('#menu-button').click();
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export progress' }).click()]);
  assert.equal(saved.suggestedFilename(), 'drydock.json');
  const file = await saved.path();
  const elsewhere = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const other = await open(elsewhere, `${site.url}#sandbox`);
    await other.locator('#menu-button').click();
    await other.getByLabel('Import progress from a file').setInputFiles({ name: 'other.json', mimeType: 'application/json', buffer: Buffer.from('{"drydock":2}') });
    await other.getByText('That is no export of Drydock.').waitFor({ state: 'attached' });
    await Promise.all([other.waitForEvent('load'), other.getByLabel('Import progress from a file').setInputFiles(file)]);
    await usable(other);
    await other.evaluate((to) => { location.hash = to; }, LESSON);
    await other.waitForSelector('.quiz');
    assert.equal(await output(other), shown);
    await other.locator('#lessons-button').click();
    assert.match(await other.locator('.lessons [data-solved]').innerText(), /Your first container/);
    assert.deepEqual(other.faults, []);
  } finally {
    await elsewhere.close();
  }
});

inPage('the search finds lessons by what is in them', {}, async (page) => {
  await page.locator('#lessons-button').click();
  const found = () => page.locator('.lessons li').allInnerTexts();
  const all = await found();
  assert.ok(all.length >= 24);
  await page.getByLabel('Search lessons').fill('whiteout');
  const some = await found();
  assert.ok(some.length > 0 && some.length < 6, some.join());
  await page.getByLabel('Search lessons').fill('no such words anywhere');
  assert.deepEqual(await found(), ['No lesson has all these words.']);
  await page.getByLabel('Search lessons').fill('WHITEOUT');
  await page.locator('.lessons button').first().click();
  await page.getByRole('heading', { level: 1, name: some[0].split('\n').pop() }).waitFor();
});

inPage('the life of a container shows where it stands', { hash: '#sandbox' }, async (page) => {
  await enter(page, 'docker run -d --name web nginx');
  const stands = async () => {
    await page.getByRole('button', { name: /^web: / }).click();
    const box = page.getByRole('dialog', { name: 'The life of web' });
    const [place, told] = [await box.locator('text.here').innerHTML(), await box.innerText()];
    await page.keyboard.press('Escape');
    return [place, told];
  };
  const [running, ways] = await stands();
  assert.equal(running, 'running');
  assert.match(ways, /docker pause → paused/);
  await enter(page, 'docker pause web');
  await page.waitForSelector('.card.container[data-state="paused"]');
  assert.equal((await stands())[0], 'paused');
  await enter(page, 'docker kill web');
  await page.waitForSelector('.card.container[data-state="exited"]');
  const [exited, end] = await stands();
  assert.equal(exited, 'exited');
  assert.match(end, /with exit code 137/);
});

inPage('the timeline goes to any line, and the screen and the picture with it', { hash: '#sandbox' }, async (page) => {
  for (const name of ['one', 'two', 'three']) await enter(page, `docker volume create ${name}`);
  const volumes = () => page.locator('[data-key^="volume"]').count();
  await page.waitForSelector('[data-key="volume three"]');
  await page.getByRole('button', { name: 'Go to: docker volume create one' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-key^="volume"]').length === 1);
  assert.doesNotMatch(await output(page), /create two/);
  await page.getByRole('button', { name: 'Go to the beginning' }).press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('[data-key^="volume"]').length === 0);
  await page.getByRole('button', { name: 'Go to: docker volume create three' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-key^="volume"]').length === 3);
  assert.match(await output(page), /create three/);
  assert.equal(await volumes(), 3);
});

inPage('nothing moves for those who asked for less motion', { hash: '#sandbox', reducedMotion: 'reduce' }, async (page) => {
  await page.evaluate(() => {
    globalThis.moved = [];
    for (const kind of ['animationstart', 'transitionrun']) document.addEventListener(kind, (event) => globalThis.moved.push(event.target.className));
  });
  await enter(page, 'docker volume create one');
  await page.waitForSelector('.card.new');
  assert.deepEqual(await page.evaluate(() => [...globalThis.moved, ...document.getAnimations()]), []);
});

inPage('the terminal: history, completion, Ctrl-C, paste, colours, what redraws itself', { hash: '#sandbox' }, async (page) => {
  await enter(page, 'printf "1%%\\r2%%\\r100%%\\n\\033[31mred\\033[0m\\na\\nb\\033[1Ac\\n\\n"');
  assert.match(await output(page), /\n100%\nred\nac\nb/);
  assert.equal(await page.locator('#log .f1').innerText(), 'red');
  await page.locator('#line').press('ArrowUp');
  assert.match(await page.locator('#line').inputValue(), /^printf/);
  await page.locator('#line').fill('docker volume cr');
  await page.locator('#line').press('Tab');
  assert.equal(await page.locator('#line').inputValue(), 'docker volume create ');
  await page.locator('#line').fill('while true; do :; done');
  await page.locator('#line').press('Enter');
  await page.waitForSelector('#interrupt:not([hidden])');
  await page.locator('#line').press('Control+c');
  await page.waitForSelector('#interrupt', { state: 'hidden' });
  await page.locator('#line').evaluate((input) => {
    const data = new DataTransfer();
    data.setData('text', 'echo first\necho second\necho third');
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await page.waitForFunction(() => /first[^]*second/.test(document.getElementById('log').innerText));
  assert.equal(await page.locator('#line').inputValue(), 'echo third');
});

inPage('a line is foretold before it is entered, and the x-ray names layers', { hash: '#sandbox' }, async (page) => {
  await enter(page, 'docker run --name cc busybox sh -c "echo x > /etc/hostname2; rm /bin/vi"');
  await page.locator('#line').fill('docker rm cc');
  await page.getByText('Enter removes container cc.').waitFor();
  await page.locator('#line').fill('');
  await page.locator('.card.container .writable').click();
  await page.locator('.path', { hasText: '/bin/vi' }).click();
  assert.match(await page.locator('.origin').innerText(), /\/bin\/vi is hidden by the writable layer/);
});

inPage('a phone: nothing is wider than the screen, commands can be tapped', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (page) => {
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(await fits());
  await page.locator('button.command', { hasText: 'docker run hello-world' }).tap();
  assert.equal(await page.locator('#line').inputValue(), 'docker run hello-world');
  await page.locator('#line').press('Enter');
  await page.waitForFunction(() => /Hello from Docker/.test(document.getElementById('log').innerText));
  assert.ok(await fits());
  await page.getByRole('tab', { name: 'Picture' }).tap();
  assert.ok(await page.locator('.card.container').isVisible() && await fits());
  assert.deepEqual(await faults(page), []);
});

inPage('everything is reached with the keyboard', {}, async (page) => {
  await page.locator('.brand').focus();
  const reached = new Set();
  for (let i = 0; i < 60; i += 1) {
    reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim()));
    await page.keyboard.press('Tab');
  }
  for (const want of ['lessons-button', 'files-button', 'share-button', 'menu-button', 'line', 'docker run hello-world', 'A hint']) assert.ok(reached.has(want), `${want} is not reached`);
  await page.locator('#line').focus();
  await page.keyboard.type('docker run hello-w');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.notEqual(await page.evaluate(() => document.activeElement.id), 'line');
});

for (const colorScheme of ['light', 'dark']) {
  inPage(`no serious fault of accessibility in the ${colorScheme}`, { colorScheme }, async (page) => {
    await enter(page, 'docker run -d -p 80:80 -v data:/data nginx; docker run hello-world; docker network create n');
    await page.waitForSelector('.quiz');
    assert.deepEqual(await faults(page), []);
    await page.locator('.card.image .layer').first().click();
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press('Escape');
    await page.locator('.state').first().click();
    assert.deepEqual(await faults(page), []);
  });
}

inPage('offline after the first load', {}, async (page, context) => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.keys()).length > 0);
  await context.setOffline(true);
  await page.reload();
  await usable(page);
  await enter(page, 'docker run --rm busybox echo still here');
  assert.match(await output(page), /still here/);
  await context.setOffline(false);
});

inPage('embedded, the page has no bar of its own', { hash: `?embed${LESSON}` }, async (page) => {
  assert.ok(await page.locator('.bar').isHidden());
  assert.ok(await page.locator('#line').isVisible());
});

/** The longest from navigation to a usable prompt, in milliseconds of the yardstick's machine. */
const BUDGET = 1000;

test('the prompt is there at once', async (t) => {
  const yardstick = new Yardstick();
  const times = [];
  for (let at = 0; at < 5; at += 1) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await open(context, site.url + LESSON);
    times.push(await page.evaluate(() => performance.getEntriesByName('usable')[0].startTime));
    await page.waitForSelector('html[data-rehearsed]', { state: 'attached' });
    await yardstick.look(page);
    await context.close();
  }
  const budget = yardstick.here(BUDGET);
  t.diagnostic(`navigation to a usable prompt: ${times.map((time) => time.toFixed(0)).join(', ')} ms; the budget of ${BUDGET} ms is ${budget.toFixed(0)} ms here`);
  assert.ok(Math.min(...times) < budget, `usable after ${Math.min(...times)} ms at best, and the budget is ${budget} ms here`);
});
