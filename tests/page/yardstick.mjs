// What a time in a page is measured by: a piece of work that never changes and runs in the same page. A machine that is
// slow or shared with others is so for both.

/** How long the work takes on the machine that the budgets were measured on, in milliseconds. */
const THERE = 16;

/** How long it takes here, once the browser has compiled it. */
function work() {
  let took;
  for (let time = 0; time < 2; time += 1) {
    const began = performance.now();
    let mixed = 1;
    for (let at = 0; at < 9_000_000; at += 1) mixed = Math.imul(mixed ^ at, 0x01000193) ^ (mixed >>> 13);
    globalThis.mixed = mixed;
    took = performance.now() - began;
  }
  return took;
}

export const middle = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];

/** A budget in milliseconds there, as milliseconds here. */
export class Yardstick {
  measured = [];

  async look(page) {
    this.measured.push(await page.evaluate(work));
  }

  here(budget) {
    return budget * middle(this.measured) / THERE;
  }
}
