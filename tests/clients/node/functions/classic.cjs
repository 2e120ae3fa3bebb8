// A handler with the ending .cjs.
exports.handler = async () => 'common';
exports.a = { b: { c: async () => 'a.b.c' } };
