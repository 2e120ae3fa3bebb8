// A handler in a folder.
exports.handler = async () => 'in a folder';
