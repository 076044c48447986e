console.log(new Error('shown').stack.split('\n').slice(0, 2).join('|')); console.error({ e: 1 }); console.log([new Error('in array')].length); throw { custom: 'object', n: 1 };
