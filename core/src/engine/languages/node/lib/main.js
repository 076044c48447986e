// What the command line asks for.
const loaded = Object.create(null);
function internal(name) {
  'hide';
  if (loaded[name]) return loaded[name].exports;
  const f = %library(name);
  if (f === undefined) %missing(`the module ${name}`);
  const module = loaded[name] = { exports: {} };
  f(module.exports, internal, module);
  return module.exports;
}
%hook('internal', internal);
const lazy = (name, get) => Object.defineProperty(globalThis, name, { configurable: true, enumerable: false, get() { 'hide'; const v = get(); Object.defineProperty(globalThis, name, { value: v, writable: true, configurable: true, enumerable: false }); return v; }, set(v) { Object.defineProperty(globalThis, name, { value: v, writable: true, configurable: true, enumerable: true }); } });
for (const k of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) lazy(k, () => internal('timers')[k]);
lazy('console', () => internal('console'));
for (const k of ['URL', 'URLSearchParams']) lazy(k, () => internal('url')[k]);
for (const k of ['Event', 'EventTarget', 'AbortController', 'AbortSignal']) lazy(k, () => internal('events').classes[k]);
for (const k of ['TextEncoder', 'TextDecoder']) lazy(k, () => internal('util')[k]);
for (const k of ['fetch', 'Headers', 'Request', 'Response']) lazy(k, () => internal('fetch')[k]);
for (const [k, enc] of [['atob', 'base64'], ['btoa', 'latin1']]) lazy(k, () => k === 'atob' ? (t) => %bytesText(%buffer(String(t), 'base64'), 'latin1') : (t) => %bytesText(%buffer(String(t), 'latin1'), 'base64'));
lazy('crypto', () => internal('crypto').webcrypto);
lazy('performance', () => ({ now: () => %clock(), timeOrigin: %fact('now'), mark() {}, measure() {}, toJSON: () => ({}) }));
for (const k of ['WebAssembly', 'Intl', 'SharedArrayBuffer', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint16Array', 'Int16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'Uint8ClampedArray', 'BigInt64Array', 'BigUint64Array', 'Atomics', 'Blob', 'FormData', 'WebSocket', 'BroadcastChannel', 'MessageChannel', 'ReadableStream', 'navigator']) lazy(k, () => %missing(k));
lazy('Buffer', () => internal('buffer').Buffer);
internal('buffer');

const usage = `Usage: node [options] [ script.js ] [arguments]
       node inspect [options] [ script.js | host:port ] [arguments]
`;
function main(args) {
  'hide';
  let code, print = false, check = false, prompt = false, forced = false, at = 0;
  const before = [];
  for (; at < args.length; at++) {
    const a = args[at];
    if (a === '-' || a[0] !== '-') break;
    if (a === '--') { at++; break; }
    if (a === '-v' || a === '--version') { %write(1, process.version + '\n'); return; }
    if (a === '-h' || a === '--help') { %write(1, usage); %missing('the rest of node --help'); }
    if (a === '-e' || a === '--eval' || a === '-p' || a === '--print' || a === '-pe') {
      print = a[1] === 'p' || a === '--print';
      if (at + 1 >= args.length && !print) { %write(2, `node: ${a} requires an argument\n`); process.exit(9); }
      code = args[++at];
    } else if (a.startsWith('--eval=')) code = a.slice(7);
    else if (a === '-c' || a === '--check') check = true;
    else if (a === '-i' || a === '--interactive') { prompt = true; forced = true; }
    else if (a === '-r' || a === '--require') before.push(args[++at]);
    else if (/^--(no-warnings|no-deprecation|trace-warnings|trace-uncaught|enable-source-maps|experimental-[a-z-]+|max-old-space-size=\d+|unhandled-rejections=throw|stack-trace-limit=\d+|use-openssl-ca|preserve-symlinks|trace-deprecation|input-type=commonjs)$/.test(a)) { if (a === '--no-warnings') process.emitWarning = () => {}; if (a.startsWith('--stack')) Error.stackTraceLimit = Number(a.split('=')[1]); }
    else if (/^--(watch|inspect|test|env-file|prof|loader|import|input-type|run)/.test(a)) %missing(`node ${a}`);
    else { %write(2, `node: bad option: ${a}\n`); process.exit(9); }
    process.execArgv.push(a);
  }
  const Module = internal('module');
  const rest = args.slice(at);
  if (code !== undefined || print) {
    process.argv = [process.argv[0], ...rest];
    for (const b of before) Module.makeRequire(Module.named('[eval]'))(b);
    return evaluate(Module, '[eval]', code ?? '', print);
  }
  if (rest.length && rest[0] !== '-') {
    const file = internal('path').resolve(rest[0]);
    process.argv = [process.argv[0], file, ...rest.slice(1)];
    if (check) return checkSyntax(file);
    for (const b of before) Module.makeRequire(Module.named('x'))(b);
    return Module.runMain(file);
  }
  process.argv = [process.argv[0], ...rest];
  if (rest[0] !== '-' && (forced || %fact('tty0'))) return internal('repl').start();
  evaluate(Module, '[stdin]', %readStdin().toString(), false);
}
function checkSyntax(file) { 'at checkSyntax (node:internal/main/check_syntax:78:3)'; compileOnly(file, %readFile(file).toString()); }
function compileOnly(file, text) { 'at wrapSafe (node:internal/modules/cjs/loader:1464:18)'; %compile(file, text.replace(/^#!.*/, ''), internal('module').isModule(file) ? 'module' : 'script', []); }
function evaluate(Module, name, code, print) {
  'at node:internal/main/eval_string:51:3';
  const m = Module.named(name);
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  for (const k of Module.builtinModules) if (!k.includes('/') && !(k in globalThis) && k !== 'module') Object.defineProperty(globalThis, k, { configurable: true, enumerable: false, get: () => m.require(k) });
  m.require = Module.makeRequire(m);
  const f = compileEval(name, code, print, names);
  const value = evalScript(f, m, name);
  if (print) {
    if (typeof value === 'string') %write(1, value + '\n'); else console.log(value);
  }
}
function compileEval(name, code, print, names) {
  'at makeContextifyScript (node:internal/vm:185:14)';
  return %compile(name, code, print ? 'prompt' : 'script', names);
}
function evalScript(f, m, name) { 'at evalScript (node:internal/process/execution:133:3)'; return runScript(f, m, name); }
function runScript(f, m, name) { 'at runScript (node:internal/process/execution:101:62)'; return wrapper(f, m, name); }
function wrapper(f, m, name) { 'at [eval]-wrapper:6:24'; return execution(f, m, name); }
function execution(f, m, name) { 'at node:internal/process/execution:118:14'; return runScriptInThisContext(f, m, name); }
function runScriptInThisContext(f, m, name) { 'at runScriptInThisContext (node:internal/vm:209:10)'; return f.call(globalThis, m.exports, m.require, m, name, '.'); }
main(%args());
