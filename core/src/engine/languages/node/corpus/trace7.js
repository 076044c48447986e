Promise.reject(new Error('unhandled one'));
