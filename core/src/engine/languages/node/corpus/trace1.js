function deep(n) { if (n === 0) throw new TypeError('deep'); deep(n - 1); }
class K { run() { [1].forEach((x) => { deep(2); }); } }
new K().run();
