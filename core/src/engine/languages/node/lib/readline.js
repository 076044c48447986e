// readline, line by line.
const EventEmitter = require('events');
class Interface extends EventEmitter {
  constructor(o) {
    super();
    this.closed = false; this.terminal = !!o.terminal;
    for (const [k, v] of [['o_', o], ['held_', ''], ['prompt_', o.prompt ?? '> '], ['asked_', null]]) Object.defineProperty(this, k, { value: v, writable: true, enumerable: false });
    o.input.on('data', (b) => { this.held_ += b.toString(); this._lines(); });
    o.input.on('end', () => { if (this.held_) { const l = this.held_; this.held_ = ''; this._line(l); } this.close(); });
  }
  _lines() { let at; while (!this.closed && (at = this.held_.indexOf('\n')) >= 0) { const l = this.held_.slice(0, at).replace(/\r$/, ''); this.held_ = this.held_.slice(at + 1); this._line(l); } }
  _line(l) { const f = this.asked_; if (f) { this.asked_ = null; f(l); } else this.emit('line', l); }
  setPrompt(p) { this.prompt_ = p; } getPrompt() { return this.prompt_; }
  prompt() { if (this.o_.output) this.o_.output.write(this.prompt_); }
  question(q, o, f) { if (typeof o === 'function') f = o; if (this.closed) throw %codedError(Error, 'ERR_USE_AFTER_CLOSE', 'readline was closed'); if (this.o_.output) this.o_.output.write(q); this.asked_ = f; }
  write(t) { if (this.o_.output) this.o_.output.write(t); }
  pause() { this.o_.input.pause(); return this; } resume() { this.o_.input.resume(); return this; }
  close() { if (this.closed) return; this.closed = true; this.o_.input.pause(); this.emit('close'); }
  [Symbol.asyncIterator]() {
    const q = []; let wake = null, over = this.closed;
    const tell = () => { if (wake) { wake(); wake = null; } };
    this.on('line', (l) => { q.push(l); tell(); }); this.on('close', () => { over = true; tell(); });
    return (async function* () { for (;;) { if (q.length) yield q.shift(); else if (over) return; else await new Promise((keep) => { wake = keep; }); } })();
  }
}
class Promised extends Interface { question(q) { return new Promise((keep) => super.question(q, keep)); } }
const options = (o, output) => o.input ? o : { input: o, output };
module.exports = { Interface, createInterface: (o, output) => new Interface(options(o, output)), clearLine: () => true, cursorTo: () => true, moveCursor: () => true, emitKeypressEvents() {}, promises: { Interface: Promised, createInterface: (o, output) => new Promised(options(o, output)) } };
