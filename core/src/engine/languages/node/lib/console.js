// console.
const { format, inspect } = require('util');
const counts = Object.create(null), timers = Object.create(null);
let indent = '';
function print(fd, args) {
  const colors = %fact('tty' + fd);
  let text = format.call({ colors }, ...args);
  if (indent) text = indent + text.replaceAll('\n', `\n${indent}`);
  %write(fd, text + '\n');
}
const span = (ms) => ms >= 60000 ? `${Math.floor(ms / 60000)}:${(ms % 60000 / 1000).toFixed(3).padStart(6, '0')} (m:ss.mmm)` : ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${Number(ms.toFixed(3))}ms`;
function table(data, only) {
  if (data === null || typeof data !== 'object') return print(1, [data]);
  const isMap = data instanceof Map;
  const rows = isMap ? [...data].map(([, v], i) => [i, v]) : data instanceof Set ? [...data].map((v, i) => [i, v]) : Object.keys(data).map((k) => [k, data[k]]);
  const columns = [];
  let values = false;
  for (const [, row] of rows) {
    if (row !== null && typeof row === 'object') { for (const k of Object.keys(row)) if (!columns.includes(k)) columns.push(k); } else values = true;
  }
  const shown = only || columns;
  const show = (v) => inspect(v, { depth: 0 });
  const head = ['(index)', ...shown, ...(values ? ['Values'] : [])];
  const lines = rows.map(([k, row]) => {
    const isObject = row !== null && typeof row === 'object';
    return [String(k), ...shown.map((c) => isObject && c in row ? show(row[c]) : ''), ...(values ? [isObject ? '' : show(row)] : [])];
  });
  const old = Number(process.version.slice(1).split('.')[0]) < 20;
  const width = head.map((h, i) => Math.max(h.length, ...lines.map((l) => l[i].length)) + 2);
  const cell = (t, w) => { const left = old ? Math.floor((w - t.length) / 2) : 1; return ' '.repeat(left) + t + ' '.repeat(w - t.length - left); };
  const bar = (a, b, c) => a + width.map((w) => '─'.repeat(w)).join(b) + c;
  const line = (l) => '│' + l.map((t, i) => cell(t, width[i])).join('│') + '│';
  print(1, [[bar('┌', '┬', '┐'), line(head), bar('├', '┼', '┤'), ...lines.map(line), bar('└', '┴', '┘')].join('\n')]);
}
const console = {
  log(...args) { print(1, args); },
  warn(...args) { print(2, args); },
  dir(v, options) { print(1, [inspect(v, { customInspect: false, ...options })]); },
  time(label = 'default') { timers[label] = %clock(); },
  timeEnd(label = 'default') { if (label in timers) { print(1, [`${label}: ${span(%clock() - timers[label])}`]); delete timers[label]; } else process.emitWarning(`No such label '${label}' for console.timeEnd()`); },
  timeLog(label = 'default', ...more) { print(1, [`${label}: ${span(%clock() - timers[label])}`, ...more]); },
  trace(...args) { const e = { name: 'Trace', message: format(...args) }; Error.captureStackTrace(e, console.trace); print(2, [`Trace${e.message ? `: ${e.message}` : ''}${e.stack.slice(e.stack.indexOf('\n    at '))}`]); },
  assert(ok, ...args) { if (ok) return; if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`; else args.unshift('Assertion failed'); print(2, args); },
  clear() { if (%fact('tty1')) %write(1, '\x1b[1;1H\x1b[0J'); },
  count(label = 'default') { counts[label] = (counts[label] || 0) + 1; print(1, [`${label}: ${counts[label]}`]); },
  countReset(label = 'default') { counts[label] = 0; },
  group(...args) { if (args.length) print(1, args); indent += '  '; },
  groupEnd() { indent = indent.slice(0, -2); },
  table,
  debug(...args) { print(1, args); },
  info(...args) { print(1, args); },
  error(...args) { print(2, args); },
};
console.groupCollapsed = console.group; console.dirxml = console.log;
module.exports = console;
