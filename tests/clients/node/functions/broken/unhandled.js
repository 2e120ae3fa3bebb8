Promise.reject(new Error('unhandled while loading'));
exports.handler = async () => 1;
