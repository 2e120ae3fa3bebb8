module.exports = 'flat';
