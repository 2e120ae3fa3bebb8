// Posts standard input to a URL: what `api.mjs` starts for an answer whose process ends before it is sent.

import http from 'node:http';

const [url, headers] = process.argv.slice(2);
const post = http.request(url, { method: 'POST', headers: JSON.parse(headers) }, (response) => response.resume());
process.stdin.pipe(post);
