// os.
const memory = %fact('totalmem');
const cpu = () => ({ model: 'Drydock virtual CPU', speed: 2400, times: { user: 100000, nice: 0, sys: 50000, idle: 9000000, irq: 0 } });
module.exports = {
  EOL: '\n', devNull: '/dev/null', constants: { signals: { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 }, errno: {} },
  hostname: () => %fact('hostname'), platform: () => 'linux', type: () => 'Linux', arch: () => 'x64', machine: () => 'x86_64', endianness: () => 'LE', release: () => %readFile('/proc/sys/kernel/osrelease').toString().trim(), version: () => %missing('os.version'),
  cpus: () => [cpu(), cpu(), cpu(), cpu()], availableParallelism: () => 4, totalmem: () => memory, freemem: () => Math.floor(memory / 2), loadavg: () => [0, 0, 0], uptime: () => Math.floor(%fact('uptime') * 100) / 100,
  homedir: () => process.env.HOME || '/root', tmpdir: () => process.env.TMPDIR || '/tmp',
  userInfo: () => ({ uid: %fact('uid'), gid: %fact('gid'), username: process.env.USER || (%fact('uid') === 0 ? 'root' : 'node'), homedir: process.env.HOME || '/root', shell: '/bin/sh' }),
  networkInterfaces() { const a = %lookup(%fact('hostname')); const lo = { address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal: true, cidr: '127.0.0.1/8' }; return a && a !== '127.0.0.1' ? { lo: [lo], eth0: [{ address: a, netmask: '255.255.0.0', family: 'IPv4', mac: '02:42:' + a.split('.').map((n) => Number(n).toString(16).padStart(2, '0')).join(':'), internal: false, cidr: `${a}/16` }] } : { lo: [lo] }; },
};
