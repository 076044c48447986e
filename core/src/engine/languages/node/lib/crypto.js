// crypto: digests, random bytes and ids.
class Hash {
  #name; #key; #parts = [];
  constructor(name, key) { this.#name = name; this.#key = key; if (%digest(name, %buffer(''), key) === null) throw %codedError(Error, 'ERR_OSSL_EVP_UNSUPPORTED', 'Digest method not supported'); }
  update(d, e) { this.#parts.push(typeof d === 'string' ? %buffer(d, e) : d); return this; }
  digest(e) { const b = %digest(this.#name, %bytesJoin(this.#parts), this.#key); return e ? %bytesText(b, e) : b; }
}
const randomBytes = (n, done) => { const b = %randomBytes(n); if (done) %later(done, null, b); else return b; };
function randomUUID() { const h = %randomBytes(16); h[6] = h[6] & 15 | 64; h[8] = h[8] & 63 | 128; const t = %bytesText(h, 'hex'); return `${t.slice(0, 8)}-${t.slice(8, 12)}-${t.slice(12, 16)}-${t.slice(16, 20)}-${t.slice(20)}`; }
const randomInt = (a, b) => { if (b === undefined) { b = a; a = 0; } return a + Math.floor(Math.random() * (b - a)); };
const missing = (name) => () => %missing(`crypto.${name}`);
module.exports = { createHash: (n) => new Hash(n), createHmac: (n, key) => new Hash(n, typeof key === 'string' ? %buffer(key) : key), randomBytes, randomUUID, randomInt, getHashes: () => ['md5', 'sha1', 'sha256', 'sha512'], timingSafeEqual: (a, b) => a.equals(b), webcrypto: { randomUUID, getRandomValues: (a) => { const b = %randomBytes(a.length); for (let i = 0; i < a.length; i++) a[i] = b[i]; return a; }, get subtle() { %missing('crypto.subtle'); } } };
for (const n of ['createCipheriv', 'createDecipheriv', 'createSign', 'createVerify', 'generateKeyPair', 'generateKeyPairSync', 'pbkdf2', 'pbkdf2Sync', 'scrypt', 'scryptSync', 'createPrivateKey', 'createPublicKey', 'createSecretKey']) module.exports[n] = missing(n);
