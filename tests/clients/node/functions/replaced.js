// Breaks what the client could use, before any event.
const http = require('node:http');
http.request = http.get = () => {
  throw new Error('no requests here');
};
http.Agent = undefined;
exports.handler = async () => 'answered';
