// The object process.
const listeners = Object.create(null);
const argv0 = %fact('exe');
const version = %fact('version');
const stream = (fd) => {
  const s = {
    fd, writable: true, isTTY: %fact('tty' + fd) || undefined,
    write(data, encoding, done) {
      if (data === null || data === undefined || typeof data !== 'string' && %kind(data) !== 'bytes') {
        throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${data === null ? 'null' : data === undefined ? 'undefined' : `type ${typeof data} (${String(data)})`}`);
      }
      %write(fd, data);
      if (typeof encoding === 'function') done = encoding;
      if (done) %nextTick(done);
      return true;
    },
    end(data) { if (data !== undefined) this.write(data); },
    on() { return this; }, once() { return this; }, emit() { return false; }, removeListener() { return this; }, cork() {}, uncork() {},
  };
  if (s.isTTY) { s.columns = %fact('columns') || 80; s.rows = 24; s.getWindowSize = () => [s.columns, s.rows]; s.hasColors = () => true; s.clearLine = () => true; s.cursorTo = () => true; s.moveCursor = () => true; }
  return s;
};
const signals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGCHLD', 'SIGCONT', 'SIGTSTP', 'SIGWINCH'];
let warned = false;
let stdin;
class process_ {}
Object.defineProperty(process_, 'name', { value: 'process' });
const process = Object.create(process_.prototype);
const all = {
  version: 'v' + version,
  versions: { node: version, v8: Number(version.split('.')[0]) <= 18 ? '10.2.154.26-node.37' : '11.3.244.8-node.38', modules: Number(version.split('.')[0]) <= 18 ? '108' : '115' },
  arch: 'x64', platform: 'linux', release: { name: 'node', lts: Number(version.split('.')[0]) <= 18 ? 'Hydrogen' : 'Iron' },
  title: 'node', argv: [argv0], execArgv: [], execPath: argv0, env: %env(), pid: %fact('pid'), ppid: %fact('ppid'), exitCode: undefined, features: {}, config: {}, argv0: 'node',
  stdout: stream(1), stderr: stream(2),
  cwd() { return %fact('cwd'); },
  chdir(d) { %chdir(d); },
  exit(code) {
    if (code !== undefined) process.exitCode = code;
    if (!process._exiting) { process._exiting = true; process.emit('exit', Number(process.exitCode) || 0); }
    %exit(Number(process.exitCode) || 0);
  },
  abort() { %exit(134); },
  uptime() { return Math.round(%clock() * 1000) / 1e6; },
  hrtime: Object.assign(function hrtime(before) {
    const n = BigInt(Math.floor(%clock() * 1e6)) + 1000000000n;
    let s = Number(n / 1000000000n), ns = Number(n % 1000000000n);
    if (before) { s -= before[0]; ns -= before[1]; if (ns < 0) { s--; ns += 1e9; } }
    return [s, ns];
  }, { bigint: () => BigInt(Math.floor(%clock() * 1e6)) + 1000000000n }),
  memoryUsage: Object.assign(function memoryUsage() { const held = %fact('held'); return { rss: 40000000 + held, heapTotal: 6000000 + held, heapUsed: 4000000 + held, external: 420000, arrayBuffers: 17000 }; }, { rss: () => 40000000 + %fact('held') }),
  cpuUsage() { return { user: Math.floor(%clock() * 1000), system: 0 }; },
  resourceUsage() { %missing('process.resourceUsage'); },
  nextTick(f, ...args) {
    if (typeof f !== 'function') throw %codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "callback" argument must be of type function. Received ${f === undefined ? 'undefined' : String(f)}`);
    %nextTick(args.length ? () => f(...args) : f);
  },
  getuid() { return %fact('uid'); }, geteuid() { return %fact('uid'); }, getgid() { return %fact('gid'); }, getegid() { return %fact('gid'); },
  umask() { return 18; },
  kill(pid, signal = 'SIGTERM') { return %kill(pid, String(signal)); },
  emitWarning(text, type = 'Warning', code) {
    if (type && typeof type === 'object') { code = type.code; type = type.type || 'Warning'; }
    const name = typeof text === 'object' ? text.name : type, message = typeof text === 'object' ? text.message : text;
    %nextTick(() => {
      %write(2, `(node:${process.pid}) ${code ? `[${code}] ` : ''}${name}: ${message}\n`);
      if (!warned) %write(2, `(Use \`node --trace-${name === 'DeprecationWarning' ? 'deprecation' : 'warnings'} ...\` to show where the warning was created)\n`);
      warned = true;
      process.emit('warning', { name, message, code });
    });
  },
  on(name, f) {
    (listeners[name] ||= []).push({ f, once: false });
    if (signals.includes(name)) %onSignal(name, (s, n) => process.emit(s, s, n));
    if (name === 'SIGKILL' || name === 'SIGSTOP') { const e = new Error('uv_signal_start EINVAL'); e.errno = -22; e.code = 'EINVAL'; e.syscall = 'uv_signal_start'; throw e; }
    return process;
  },
  once(name, f) { process.on(name, f); listeners[name][listeners[name].length - 1].once = true; return process; },
  off(name, f) {
    const list = listeners[name] || [];
    const at = list.findIndex((l) => l.f === f);
    if (at >= 0) list.splice(at, 1);
    if (!list.length && signals.includes(name)) %onSignal(name);
    return process;
  },
  removeAllListeners(name) { listeners[name] = []; if (signals.includes(name)) %onSignal(name); return process; },
  emit(name, ...args) {
    const list = (listeners[name] || []).slice();
    for (const l of list) { if (l.once) process.off(name, l.f); l.f.apply(process, args); }
    return list.length > 0;
  },
  listeners(name) { return (listeners[name] || []).map((l) => l.f); },
  listenerCount(name) { return (listeners[name] || []).length; },
  setMaxListeners() { return process; },
  binding() { %missing('process.binding'); },
  setUncaughtExceptionCaptureCallback() { %missing('process.setUncaughtExceptionCaptureCallback'); },
};
for (const k of Object.keys(all)) process[k] = all[k];
process.addListener = process.on; process.removeListener = process.off;
const env = process.env;
Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, get() { return stdin ||= %hooked('internal')('stream').stdin(); } });
Object.defineProperty(process_.prototype, Symbol.toStringTag, { value: 'process', configurable: true });
const hidden = (k, v) => Object.defineProperty(globalThis, k, { value: v, writable: true, configurable: true, enumerable: false });
hidden('process', process);
hidden('global', globalThis);
Object.defineProperty(globalThis, Symbol.toStringTag, { value: 'global', configurable: true });

%hook('exit', () => {
  if (!process._exiting) {
    if (!process._before) { process._before = true; if (process.emit('beforeExit', Number(process.exitCode) || 0)) return; }
    process.exit(process.exitCode);
  }
  %exit(Number(process.exitCode) || 0);
});
%hook('uncaught', function uncaught(error, rejected) {
  if (rejected && listeners.unhandledRejection && listeners.unhandledRejection.length) { process.emit('unhandledRejection', error, Promise.reject(error).catch(() => {})); return; }
  if (listeners.uncaughtException && listeners.uncaughtException.length) { process.emit('uncaughtException', error, rejected ? 'unhandledRejection' : 'uncaughtException'); return; }
  const isError = error !== null && typeof error === 'object' && %kind(error) === 'error';
  const old = Number(version.split('.')[0]) < 20;
  let text;
  if (rejected && !isError) {
    const shown = typeof error === 'string' ? error : %inspect(error, 0);
    const e = `This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${shown}".`;
    text = old
      ? `node:internal/process/promises:288\n            triggerUncaughtException(err, true /* fromPromise */);\n            ^\n\n[UnhandledPromiseRejection: ${e}] {\n  code: 'ERR_UNHANDLED_REJECTION'\n}\n`
      : `node:internal/process/promises:389\n      new UnhandledPromiseRejection(reason);\n      ^\n\nUnhandledPromiseRejection: ${e}\n    at throwUnhandledRejectionsMode (node:internal/process/promises:389:7)\n    at processPromiseRejections (node:internal/process/promises:470:17)\n    at process.processTicksAndRejections (node:internal/process/task_queues:96:32) {\n  code: 'ERR_UNHANDLED_REJECTION'\n}\n`;
  } else {
    const arrow = %errorArrow(error, rejected);
    if (isError) {
      let shown = %inspect(error, 2);
      const note = error['\u0001note'];
      if (note) shown = shown.includes(' {\n  ') ? shown.replace(/ \{\n  (?![\s\S]*\n    at )/, `\n${note} {\n  `) : `${shown}\n${note}`;
      text = `${arrow}${arrow ? '\n' : ''}${shown}\n`;
    } else text = `\n${arrow}${typeof error === 'string' ? error : %inspect(error, 2)}\n${error !== null && typeof error === 'object' ? '' : '(Use \`node --trace-uncaught ...\` to show where the exception was thrown)\n'}`;
  }
  %write(2, `${text}\nNode.js v${version}\n`);
  process.exitCode = 1;
  if (!process._exiting) { process._exiting = true; process.emit('exit', 1); }
  %exit(Number(process.exitCode));
});
