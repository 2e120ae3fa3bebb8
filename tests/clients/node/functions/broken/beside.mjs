// Required by requires-module.js.
export const word = 'an ES module';
