function inf() { return inf() + 1; } try { inf(); } catch (e) { console.log(e instanceof RangeError, e.message); }
class ValidationError extends Error { constructor(m) { super(m); this.name = 'ValidationError'; this.field = 'f'; } }
console.log(Object.keys(new ValidationError('v')), new ValidationError('inv').stack.split('\n')[0]);
throw new ValidationError('final');
