// A handler that looks for the global of streaming (CommonJS).
exports.handler = async () => typeof awslambda;
