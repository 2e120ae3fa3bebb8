exports.handler = async () => require('./beside.mjs').word;
