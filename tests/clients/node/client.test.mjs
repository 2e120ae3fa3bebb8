// What our client does where AWS's package cannot judge it: the managed runtimes go further, or this machine differs.
//
// Run it with `node --test tests/clients/node/client.test.mjs`; it needs nothing installed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ours } from './clients.mjs';
import { writePackages } from './packages.mjs';
import { run } from './sandbox.mjs';

const ID = '/invocation/00000000-0000-4000-8000-000000000001';
let packages;
before(async () => (packages = await writePackages()));
after(() => packages.remove());

function runOurs(runtime, handler, more = {}) {
  return run(ours(runtime), { runtime, handler, events: [{ body: {} }], ...more });
}

function bodies({ posts }) {
  return posts.map(({ path, body }) => [path, body]);
}

for (const runtime of [20, 22]) {
  test(`nodejs${runtime}.x: an async handler that never settles is Runtime.NodeJsExit, once per event`, async () => {
    const events = [{ body: {} }, { body: {} }];
    const { end, posts, stdout } = await runOurs(runtime, 'results.asyncNeverSettles', { events });
    assert.equal(end, 'SIGTERM');
    assert.deepEqual(
      posts.map(({ body }) => body.errorType),
      ['Runtime.NodeJsExit', 'Runtime.NodeJsExit'],
    );
    assert.match(posts[0].body.errorMessage, /^The Lambda runtime client detected an unexpected Node\.js exit code\. /);
    assert.match(stdout[0][0], /\tERROR\tInvoke Error \t$/);
  });

  test(`nodejs${runtime}.x: a handler with a callback is warned of once, while it loads`, async () => {
    const { stdout } = await runOurs(runtime, 'results.callback');
    assert.equal(stdout.length, 1);
    assert.match(stdout[0], /^<time>\tundefined\tWARN\tAWS Lambda plans to remove support for callback-based/);
    const silent = { env: { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: '1' } };
    assert.deepEqual((await runOurs(runtime, 'results.callback', silent)).stdout, []);
  });
}

test('nodejs20.x: an error between two events ends the process, which has asked for the next event', async () => {
  // AWS's client waits for that event first; there the process is frozen until it comes.
  const { end, posts } = await runOurs(20, 'errors.betweenEvents', { ends: true });
  assert.equal(end, 'status 129');
  assert.deepEqual(
    posts.map(({ path }) => path),
    [`${ID}/response`, `${ID}/error`],
  );
});

test('nodejs20.x: a promise that is rejected while the function loads ends the process', async () => {
  // AWS's client may answer an event while it reports this; the event is lost with the process.
  const { end, posts } = await runOurs(20, 'unhandled.handler', { folder: 'broken', ends: true });
  assert.equal(end, 'status 128');
  assert.deepEqual(
    posts.map(({ path, errorType }) => [path, errorType]),
    [['/init/error', 'Runtime.UnhandledPromiseRejection']],
  );
});

test('nodejs20.x: a function whose log nobody reads ends', async () => {
  const { end } = await runOurs(20, 'logs.forEver', { unread: true, ends: true });
  assert.equal(end, 'status 1');
});

for (const runtime of [20, 24]) {
  const withFolders = (env = {}) => ({
    folder: `${packages.root}/function`,
    env: {
      NODE_PATH: `${packages.root}/layer/node_modules:${packages.root}/flat:${packages.root}/missing`,
      WORKSHOP_NODE_MODULES: `${packages.root}/machine/node_modules`,
      ...env,
    },
  });
  const names = {
    dual: 'own',
    layered: 'layer',
    'layered/sub': 'layer, sub',
    '@scope/named': 'layer, scoped',
    'flat-package': 'flat',
    '@aws-sdk/client-here': 'machine',
  };
  const events = Object.keys(names).map((name) => ({ body: { name } }));

  test(`nodejs${runtime}.x: modules are the function's, of NODE_PATH, then of the machine`, async () => {
    const required = await runOurs(runtime, 'required.handler', { ...withFolders(), events });
    const imported = await runOurs(runtime, 'module.imports', { ...withFolders(), events });
    assert.deepEqual(
      required.posts.map(({ body }) => body.required),
      ['own, required', 'layer, required', 'layer, sub', 'layer, scoped', 'flat', 'machine, required, by itself'],
    );
    assert.deepEqual(
      imported.posts.map(({ body }) => body.default),
      ['own, imported', 'layer, imported', 'layer, sub', 'layer, scoped', 'flat', 'machine, imported, by itself'],
    );
    assert.deepEqual([required.stderr, imported.stderr], [[], []]);
  });

  test(`nodejs${runtime}.x: modules that are nowhere or break fail as without folders`, async () => {
    const missing = { events: ['absent', 'throws', './nowhere.mjs'].map((name) => ({ body: { name } })) };
    const { posts } = await runOurs(runtime, 'module.imports', { ...withFolders(), ...missing });
    assert.deepEqual(
      posts.map(({ body }) => body.errorMessage.split('\n')[0]),
      [
        "Cannot find package 'absent' imported from /var/task/module.mjs",
        "Cannot find module 'not-installed'",
        "Cannot find module '/var/task/nowhere.mjs' imported from /var/task/module.mjs",
      ],
    );
  });

  test(`nodejs${runtime}.x: the function does not see the variables of its client`, async () => {
    const { posts } = await runOurs(runtime, 'results.context', { env: { WORKSHOP_NODE_MODULES: '/nowhere' } });
    assert.deepEqual(posts[0].body.workshop, []);
  });

  for (const file of ['sdk.handler', 'sdk-module.handler']) {
    test(`nodejs${runtime}.x: a module that Lambda has and this machine has not is explained (${file})`, async () => {
      const { end, stdout, posts } = await runOurs(runtime, file, { folder: 'broken', ends: true });
      assert.notEqual(end, 'hangs');
      assert.match(posts[0].body.errorMessage, /Cannot find (module|package) '@aws-sdk\/client-not-here'/);
      const explained = stdout.flat().filter((line) => typeof line === 'string' && line.includes('\tWARN\t'));
      assert.equal(explained.length, 1);
      assert.match(explained[0], /provide '@aws-sdk\/client-not-here', this machine does not/);
    });
  }

  test(`nodejs${runtime}.x: a module that the function lacks while it handles an event is explained, too`, async () => {
    const { stdout } = await runOurs(runtime, 'errors.requireSdk');
    assert.match(stdout[0], /\tWARN\tLambda's Node\.js runtimes provide '@aws-sdk\/client-not-here'/);
  });

  for (const format of ['Text', 'JSON']) {
    test(`nodejs${runtime}.x: paths in errors are those on AWS (${format})`, async () => {
      const raw = { ...ours(runtime), places: [] };
      const options = { events: [{ body: {} }], env: { AWS_LAMBDA_LOG_FORMAT: format }, unmasked: true };
      const { posts, stdout } = await run(raw, { runtime, handler: 'errors.reference', ...options });
      assert.match(posts[0].body.trace[1], /\(\/var\/task\/errors\.js:\d+:\d+\)$/);
      assert.match(JSON.stringify(stdout), /\(\/var\/task\/errors\.js:\d+:\d+\)/);
      assert.doesNotMatch(JSON.stringify([posts, stdout]), /clients\/node/);
    });
  }

  test(`nodejs${runtime}.x: a function that replaces node:http still answers`, async () => {
    assert.deepEqual(bodies(await runOurs(runtime, 'replaced.handler')), [[`${ID}/response`, 'answered']]);
  });
}

test('nodejs24.x: the store of the current event is offered', async () => {
  const { posts } = await runOurs(24, 'store.handler', {
    events: [{ headers: { 'Lambda-Runtime-Trace-Id': 'Root=1' } }],
  });
  assert.deepEqual(posts[0].body, {
    requestId: '00000000-0000-4000-8000-000000000001',
    traceId: 'Root=1',
    own: 'value',
    protectedKey: 'Error: Cannot modify protected Lambda context field: Symbol(_AWS_LAMBDA_REQUEST_ID)',
  });
});
