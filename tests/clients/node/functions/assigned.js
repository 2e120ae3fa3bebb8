// A module that is one object, which client 4 sees as the default export.
module.exports = { ['han' + 'dler']: async () => 'assigned' };
