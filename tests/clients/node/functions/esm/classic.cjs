// CommonJS in a package of ES modules.
exports.handler = async () => 'common in a module package';
