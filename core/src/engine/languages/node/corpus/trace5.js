const x = require('./missing-file');
