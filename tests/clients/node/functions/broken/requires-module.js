exports.handler = async () => require('../module.mjs').nested.deeper.handler();
