// Packages of npm that are simulated: what `require` finds in node_modules asks for them by name.
const all = {
  express: () => require('express'),
  'body-parser': () => { const e = require('express'); return { json: e.json, urlencoded: e.urlencoded, text: e.text, raw: e.raw }; },
  cors: () => (o = {}) => function corsMiddleware(req, res, next) { const origin = o.origin === undefined || o.origin === '*' || o.origin === true && !req.headers.origin ? '*' : o.origin === true ? req.headers.origin : [].concat(o.origin)[0]; res.setHeader('Access-Control-Allow-Origin', origin); if (o.credentials) res.setHeader('Access-Control-Allow-Credentials', 'true'); if (req.method === 'OPTIONS') { res.setHeader('Access-Control-Allow-Methods', [].concat(o.methods || 'GET,HEAD,PUT,PATCH,POST,DELETE').join(',')); res.statusCode = 204; res.setHeader('Content-Length', '0'); return res.end(); } next(); },
  dotenv() {
    const parse = (text) => {
      const out = {};
      for (const line of String(text).split(/\r?\n/)) {
        const m = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/.exec(line);
        if (!m) continue;
        let v = (m[2] || '').trim();
        const q = v[0];
        v = v.replace(/^(['"`])([^]*)\1$/, '$2');
        if (q === '"') v = v.replaceAll('\\n', '\n').replaceAll('\\r', '\r');
        out[m[1]] = v;
      }
      return out;
    };
    const config = (o = {}) => {
      try { const parsed = parse(%readFile(require('path').resolve(o.path || '.env')).toString()); for (const k of Object.keys(parsed)) if (o.override || !(k in process.env)) process.env[k] = parsed[k]; return { parsed }; }
      catch (error) { return { error }; }
    };
    return { config, parse };
  },
  morgan: () => (format = 'default') => function logger(req, res, next) {
    const start = %clock();
    res.on('finish', () => {
      const ms = (%clock() - start).toFixed(3), length = res.getHeader('content-length') ?? '-', url = req.originalUrl || req.url, ip = req.ip || req.socket.remoteAddress;
      const date = new Date();
      const clf = `${String(date.getDate()).padStart(2, '0')}/${date.toString().slice(4, 7)}/${date.getFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
      const line = { dev: `\x1b[0m${req.method} ${url} \x1b[${res.statusCode >= 500 ? 31 : res.statusCode >= 400 ? 33 : res.statusCode >= 300 ? 36 : res.statusCode >= 200 ? 32 : 0}m${res.statusCode}\x1b[0m ${ms} ms - ${length}\x1b[0m`, tiny: `${req.method} ${url} ${res.statusCode} ${length} - ${ms} ms`, short: `${ip} - ${req.method} ${url} HTTP/${req.httpVersion} ${res.statusCode} ${length} - ${ms} ms`, common: `${ip} - - [${clf}] "${req.method} ${url} HTTP/${req.httpVersion}" ${res.statusCode} ${length}`, combined: `${ip} - - [${clf}] "${req.method} ${url} HTTP/${req.httpVersion}" ${res.statusCode} ${length} "${req.headers.referer || '-'}" "${req.headers['user-agent'] || '-'}"` }[format];
      if (line === undefined) %missing(`the format ${format} of morgan`);
      process.stdout.write(line + '\n');
    });
    next();
  },
  uuid() { const { randomUUID } = require('crypto'); return { v4: randomUUID, validate: (t) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(t) }; },
  nodemon() {
    const { spawn } = require('child_process');
    const y = (t) => console.log(`[nodemon] ${t}`);
    const args = process.argv.slice(2);
    const file = args.find((a) => a[0] !== '-') || (JSON.parse(%readFile('package.json').toString()).main ?? 'index.js');
    y('3.1.4'); y('to restart at any time, enter `rs`'); y('watching path(s): *.*'); y('watching extensions: js,mjs,cjs,json'); y(`starting \`node ${[file, ...args.filter((a) => a !== file)].join(' ')}\``);
    const c = spawn('node', [file, ...args.filter((a) => a !== file)], { stdio: 'inherit' });
    const wait = setInterval(() => {}, 1e9);
    c.on('exit', (code) => y(code ? 'app crashed - waiting for file changes before starting...' : 'clean exit - waiting for changes before restart'));
    for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => { c.kill(s); clearInterval(wait); process.exit(s === 'SIGINT' ? 130 : 143); });
    return {};
  },
};
const made = Object.create(null);
module.exports = {
  load(name) {
    if (!all[name]) %missing(`the package ${name}`);
    %hook('root', process.cwd());
    return made[name] ??= all[name]();
  },
};
