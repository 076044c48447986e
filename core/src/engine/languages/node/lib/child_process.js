// child_process.
const EventEmitter = require('events');
const { Readable, Writable } = require('stream');
const pairs = (env) => env ? Object.keys(env).filter((k) => env[k] !== undefined).map((k) => `${k}=${env[k]}`) : undefined;
const ways = (stdio = 'pipe') => typeof stdio === 'string' ? [stdio, stdio, stdio] : [0, 1, 2].map((i) => stdio[i] === i || stdio[i] === process.stdout && i === 1 || stdio[i] === process.stderr && i === 2 ? 'inherit' : stdio[i] || 'pipe');
class ChildProcess extends EventEmitter {
  kill(signal = 'SIGTERM') { if (this.exitCode !== null || this.signalCode !== null) return false; this.killed = true; try { return %kill(this.pid, String(signal)); } catch { return false; } }
  ref() {} unref() {}
}
function reader(fd) {
  const r = new Readable();
  %watch(fd, (what, b) => { if (what === 'data') r.push(b); else { r.push(null); %close(fd); } }, false);
  return r;
}
function spawn(file, args, o) {
  if (!Array.isArray(args)) { o = args; args = []; }
  o = o || {};
  const argv = o.shell ? ['/bin/sh', '-c', [file, ...args].join(' ')] : [file, ...args];
  const c = new ChildProcess();
  c.exitCode = null; c.signalCode = null; c.killed = false; c.spawnfile = argv[0]; c.spawnargs = argv;
  let open = 1, status = [null, null];
  const over = () => { if (--open === 0) c.emit('close', ...status); };
  const r = %spawn(argv, ways(o.stdio), pairs(o.env), o.cwd === undefined ? undefined : String(o.cwd), (code, signal) => { c.exitCode = code; c.signalCode = signal; status = [code, signal]; c.emit('exit', code, signal); for (const s of [c.stdout, c.stderr]) if (s && s._flow === null) s.resume(); over(); });
  if (typeof r === 'string') {
    c.pid = undefined; c.stdout = new Readable(); c.stderr = new Readable(); c.stdin = new Writable({ write(a, b, d) { d(); } });
    const e = Object.assign(new Error(`spawn ${file} ${r}`), { errno: r === 'EACCES' ? -13 : -2, code: r, syscall: `spawn ${file}`, path: file, spawnargs: args });
    e.stack = `Error: ${e.message}\n    at ChildProcess._handle.onexit (node:internal/child_process:284:19)\n    at onErrorNT (node:internal/child_process:477:16)\n    at process.processTicksAndRejections (node:internal/process/task_queues:82:21)`;
    process.nextTick(() => c.emit('error', e));
    return c;
  }
  c.pid = r[0];
  for (const [i, name] of [[1, 'stdout'], [2, 'stderr']]) { c[name] = r[i] === null ? null : reader(r[i]); if (c[name]) { open++; c[name].on('end', over); } }
  c.stdin = r[3] === null ? null : new Writable({ write(b, e, d) { %send(r[3], b); d(); }, final(d) { %close(r[3]); d(); } });
  process.nextTick(() => c.emit('spawn'));
  return c;
}
function collect(c, o, done, command) {
  const out = [], err = [];
  if (c.stdout) c.stdout.on('data', (b) => out.push(b)); if (c.stderr) c.stderr.on('data', (b) => err.push(b));
  const text = (l) => { const b = Buffer.concat(l); return o.encoding === 'buffer' || o.encoding === null ? b : b.toString(); };
  c.on('error', (e) => done && done(Object.assign(e, { cmd: command }), '', ''));
  c.on('close', (code, signal) => {
    if (!done) return;
    if (code === 0) return done(null, text(out), text(err));
    done(Object.assign(new Error(`Command failed: ${command}\n${Buffer.concat(err)}`), { code, killed: c.killed, signal, cmd: command, stdout: text(out), stderr: text(err) }), text(out), text(err));
  });
  return c;
}
function exec(command, o, done) { if (typeof o === 'function') { done = o; o = {}; } o = o || {}; return collect(spawn('/bin/sh', ['-c', command], { ...o, shell: false }), o, done, command); }
function execFile(file, args, o, done) { if (typeof args === 'function') { done = args; args = []; o = {}; } else if (!Array.isArray(args)) { done = o; o = args; args = []; } if (typeof o === 'function') { done = o; o = {}; } return collect(spawn(file, args || [], o || {}), o || {}, done, [file, ...(args || [])].join(' ')); }
function spawnSync(file, args, o) {
  if (!Array.isArray(args)) { o = args; args = []; }
  o = o || {};
  const argv = o.shell ? ['/bin/sh', '-c', [file, ...args].join(' ')] : [file, ...args];
  const how = ways(o.stdio);
  const r = %spawn(argv, how, pairs(o.env), o.cwd === undefined ? undefined : String(o.cwd));
  if (typeof r === 'string') return { pid: 0, status: null, signal: null, output: null, stdout: null, stderr: null, error: Object.assign(new Error(`spawnSync ${file} ${r}`), { errno: -2, code: r, syscall: `spawnSync ${file}`, path: file, spawnargs: args }) };
  if (r[3] !== null) { if (o.input !== undefined) %send(r[3], o.input); %close(r[3]); }
  const state = [r[4], r[1], r[2], Buffer.alloc(0), Buffer.alloc(0)];
  const [status, signal] = %waitFor(state);
  const text = (b, i) => how[i] !== 'pipe' ? null : o.encoding && o.encoding !== 'buffer' ? b.toString(o.encoding) : b;
  const stdout = text(state[3], 1), stderr = text(state[4], 2);
  return { pid: r[0], output: [null, stdout, stderr], stdout, stderr, status: signal ? null : status, signal };
}
function checked(r, command, o) {
  'hide';
  if (r.error) throw r.error;
  if (r.stderr && (!o || !o.stdio)) %write(2, r.stderr);
  if (r.status !== 0) { const e = new Error(`Command failed: ${command}${r.stderr && r.stderr.length ? `\n${r.stderr}` : ''}`); throw Object.assign(e, { status: r.status, signal: r.signal, output: r.output, pid: r.pid, stdout: r.stdout, stderr: r.stderr }); }
  return r.stdout;
}
const execSync = (command, o) => checked(spawnSync('/bin/sh', ['-c', command], o), command, o);
const execFileSync = (file, args, o) => Array.isArray(args) ? checked(spawnSync(file, args, o), [file, ...args].join(' '), o) : checked(spawnSync(file, [], args), file, args);
const CUSTOM = Symbol.for('nodejs.util.promisify.custom');
const promised = (f) => (...a) => new Promise((keep, fail) => f(...a, (e, stdout, stderr) => e ? fail(e) : keep({ stdout, stderr })));
Object.defineProperty(exec, CUSTOM, { value: promised(exec) });
Object.defineProperty(execFile, CUSTOM, { value: promised(execFile) });
module.exports = { ChildProcess, spawn, exec, execFile, spawnSync, execSync, execFileSync, fork: () => %missing('child_process.fork') };
