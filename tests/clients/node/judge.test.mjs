// Compares our client with AWS's own, handler by handler: answers, errors, log lines, how the process ends.
//
// `npm ci --ignore-scripts` here, once, installs AWS's clients; a stand-in takes the place of their native part, which
// `npm ci` builds (cmake, g++, autotools, some minutes). Then `node --test tests/clients/node/*.test.mjs`, with each
// Node.js that is to be tried. CASE=words,words runs the cases that have one of them in their names.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CASES } from './cases.mjs';
import { judge, ours } from './clients.mjs';
import { writePackages } from './packages.mjs';
import { run } from './sandbox.mjs';

const only = process.env.CASE?.split(',');
let packages;
before(async () => (packages = await writePackages()));
after(() => packages.remove());

function isWanted({ name }) {
  return !only || only.some((words) => name.includes(words));
}

/** A case as it is run for a runtime. */
function prepared(entry, runtime) {
  if (!entry.layer) return { ...entry, runtime };
  const { root } = packages;
  const env = { NODE_PATH: `${root}/layer/node_modules:${root}/flat`, ...entry.env };
  return { ...entry, runtime, folder: `${root}/function`, env };
}

// One runtime of each of AWS's two clients; nodejs20.x and nodejs22.x differ in the flags alone.
const major = Number(process.versions.node.split('.')[0]);
for (const runtime of [major < 22 ? 20 : 22, 24]) {
  const theirs = judge(runtime);
  const chosen = CASES.filter((entry) => entry.runtimes.includes(runtime) && isWanted(entry));
  const skip = theirs === undefined && "AWS's clients are not installed: npm ci --ignore-scripts";
  const part = theirs?.native ? 'its own native part' : 'a stand-in for its native part';
  test(
    `nodejs${runtime}.x on Node.js ${process.version}, beside AWS's client with ${part}`,
    { skip, concurrency: 3 },
    async (context) => {
      const all = chosen.map((entry) =>
        context.test(entry.name, async () => {
          const chosen = prepared(entry, runtime);
          const [our, their] = await Promise.all([run(ours(runtime), chosen), run(theirs, chosen)]);
          assert.deepEqual(our, their);
        }),
      );
      await Promise.all(all);
    },
  );
}
