process.on('uncaughtException', (e) => { console.log('UE', e.message); process.exit(7); }); setTimeout(() => { throw new Error('late'); }, 1);
