const o = { method() { return undefined.prop; } };
console.log('before');
o.method();
