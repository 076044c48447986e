// The prompt.
function start() {
  const Module = require('module');
  const m = Module.named('<repl>');
  m.require = Module.makeRequire(m);
  globalThis.require = m.require; globalThis.module = m; globalThis.exports = m.exports;
  for (const k of ['require', 'module', 'exports']) Object.defineProperty(globalThis, k, { enumerable: false });
  for (const k of Module.builtinModules) if (!k.includes('/') && !(k in globalThis) && k !== 'module') Object.defineProperty(globalThis, k, { configurable: true, enumerable: false, get: () => m.require(k) });
  %write(1, `Welcome to Node.js ${process.version}.\nType ".help" for more information.\n`);
  let held = '', line = '', stopped = false;
  const prompt = (t = '> ') => %write(1, t);
  const colors = %fact('tty1');
  const show = (v) => %write(1, `${%inspect(v, 2, colors)}\n`);
  const uncaught = (e) => {
    if (e !== null && typeof e === 'object' && %kind(e) === 'error') { const shown = %inspect(e, 2).replace(/\n    at [^\n]*/g, ''); %write(1, `Uncaught ${shown.includes('\n    at') ? shown : shown.replace(/^\[|\]$/g, '')}\n`); } else %write(1, `Uncaught ${%inspect(e, 2, colors)}\n`);
    held = ''; prompt();
  };
  process.on('uncaughtException', uncaught);
  process.on('SIGINT', () => {
    if (held || stopped === false) { if (held) { held = ''; %write(1, '\n'); prompt(); return; } stopped = true; %write(1, '\n(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n'); prompt(); return; }
    %write(1, '\n'); process.exit(0);
  });
  const run = (text) => {
    let code = held + text;
    if (!held && /^\s*\.\w+/.test(text)) {
      const word = text.trim().split(' ')[0];
      if (word === '.exit') process.exit(0);
      if (word === '.help') { %write(1, '.break    Sometimes you get stuck, this gets you out\n.clear    Alias for .break\n.editor   Enter editor mode\n.exit     Exit the REPL\n.help     Print this help message\n.load     Load JS from a file into the REPL session\n.save     Save all evaluated commands in this REPL session to a file\n\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n'); return prompt(); }
      if (word === '.break' || word === '.clear') return prompt();
      if (['.editor', '.load', '.save'].includes(word)) %missing(`the prompt's ${word}`);
      %write(1, 'Invalid REPL keyword\n'); return prompt();
    }
    if (!code.trim()) { held = ''; return prompt(); }
    let f = null;
    if (/^\s*\{/.test(code) && !/;\s*$/.test(code)) { try { f = %compile('REPL', `(${code.trim()}\n)`, 'prompt', []); } catch { f = null; } }
    if (f === null) {
      try { f = %compile('REPL', code, 'prompt', []); } catch (e) { held = ''; %write(1, `Uncaught:\n${e.name}: ${e.message}\n`); return prompt(); }
    }
    if (f === null) { held = `${code}\n`; return prompt('... '); }
    held = '';
    const v = f.call(globalThis);
    if (/\bawait\b/.test(code) && v instanceof Promise) { v.then((x) => { show(x); prompt(); }, uncaught); return; }
    globalThis._ = v;
    Object.defineProperty(globalThis, '_', { enumerable: false, configurable: true, writable: true, value: v });
    show(v);
    prompt();
  };
  prompt();
  process.stdin.on('data', (b) => { stopped = false; line += b.toString(); let at; while ((at = line.indexOf('\n')) >= 0) { const l = line.slice(0, at); line = line.slice(at + 1); %later(run, l); } });
  process.stdin.on('end', () => %later(() => { %write(1, '\n'); process.exit(0); }));
}
module.exports = { start };
