// Stands for the native part of AWS's clients where that is not built: the same three functions, in JavaScript.
//
// Preloaded with `--require`. Like the native part, `done` and `error` return when the Runtime API has answered.

const { spawnSync } = require('node:child_process');
const http = require('node:http');
const Module = require('node:module');

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const ROOT = '/2018-06-01/runtime/invocation';
const POST = `
  const [host, port, path] = process.argv.slice(1);
  const headers = { 'content-type': 'application/json' };
  const request = require('node:http').request({ host, port, path, method: 'POST', headers });
  request.on('response', (response) => {
    process.stdout.write(response.statusCode + ' ');
    response.pipe(process.stdout);
  });
  process.stdin.pipe(request);
`;

function post(path, body) {
  const { stdout } = spawnSync(process.execPath, ['-e', POST, host, port, path], {
    input: body,
    encoding: 'utf8',
    env: {},
  });
  const [status, said] = [Number(stdout.slice(0, 3)), stdout.slice(4)];
  if (status >= 200 && status < 300) return;
  // Version 0.2.10 of aws-lambda-cpp, which client 4 has, shows what the Runtime API said.
  const shown = process.argv[1].includes('ric4') ? ` ${said}` : '';
  const text = `Failed to post handler success response. Http response code: ${status}.${shown}`;
  process.stdout.write(`[ERROR] [${Date.now()}] LAMBDA_RUNTIME ${text}\n`);
}

function checkText(...values) {
  if (values.some((value) => typeof value !== 'string')) throw new TypeError('Wrong arguments');
}

const native = {
  next: () =>
    new Promise((resolve, reject) => {
      const request = http.get({ host, port, path: `${ROOT}/next`, agent: false }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ bodyJson: Buffer.concat(chunks).toString('utf8'), headers: texts(response.headers) }),
        );
      });
      request.on('error', reject);
    }),
  done(id, body) {
    checkText(id, body);
    post(`${ROOT}/${id}/response`, body);
  },
  error(id, body, cause) {
    checkText(id, body, cause);
    post(`${ROOT}/${id}/error`, body);
  },
};

/** The headers with their bytes read as UTF-8 and an empty trace for none, as the native part does. */
function texts(received) {
  const headers = { 'lambda-runtime-trace-id': '', ...received };
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'latin1').toString('utf8')]),
  );
}

const load = Module._load;
Module._load = function loadOrStand(request, ...more) {
  if (!request.endsWith('rapid-client.node')) return load.call(this, request, ...more);
  // What the function loads later shall not have this in its stacks.
  Module._load = load;
  return native;
};
