async function a() { await b(); } async function b() { await 1; throw new RangeError('async trace'); }
a();
