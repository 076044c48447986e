const { exec, execSync, spawnSync, spawn } = require('child_process'); console.log(execSync('echo hi; echo 2').toString(), spawnSync('sh', ['-c', 'exit 3']).status);
exec('echo out; echo err >&2; exit 2', (e, so, se) => { console.log(e.code, so, se); const c = spawn('cat'); c.stdout.on('data', (d) => console.log('cat says', d.toString())); c.on('close', (code) => console.log('closed', code)); c.stdin.end('through\n'); });
try { execSync('exit 4', { stdio: 'ignore' }); } catch (e) { console.log(e.status, e.message); }
spawn('/no/such', []).on('error', (e) => console.log(e.code, e.syscall));
