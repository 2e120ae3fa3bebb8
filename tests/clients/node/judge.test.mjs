// Compares our client with AWS's own, handler by handler: answers, errors, log lines, how the process ends.
//
// Run it with each Node.js that is to be tried: `npm ci` here once, then `node --test tests/clients/node`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES } from './cases.mjs';
import { judge, ours } from './clients.mjs';
import { run } from './sandbox.mjs';

const only = process.env.CASE;

for (const runtime of [20, 22, 24]) {
  const theirs = judge(runtime);
  const chosen = CASES.filter((entry) => entry.runtimes.includes(runtime) && (!only || entry.name.includes(only)));
  const skip = theirs === undefined && 'aws-lambda-ric is not installed: npm ci';
  test(`nodejs${runtime}.x on Node.js ${process.version}`, { skip }, async (context) => {
    for (const entry of chosen) {
      await context.test(entry.name, async () => {
        const [our, their] = [await run(ours(runtime), { ...entry, runtime }), await run(theirs, { ...entry, runtime })];
        assert.deepEqual(our, their);
      });
    }
  });
}
