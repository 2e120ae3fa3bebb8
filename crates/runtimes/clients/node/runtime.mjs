// Runs one Node.js function: reads which runtime is declared and starts the client that behaves as AWS's does there.
//
// nodejs20.x and nodejs22.x behave as AWS's runtime interface client 3 (callbacks, `v3-*.mjs`), later runtimes as its
// client 4 (promises only, `v4-*.mjs`). README.md says what starts this file, and with what.

import { provideModules } from './modules.mjs';

const FIRST_WITHOUT_CALLBACKS = 24;

/** The major version of the declared runtime: 22 for `AWS_Lambda_nodejs22.x`; this Node's when nothing is declared. */
function declaredVersion() {
  const declared = /^AWS_Lambda_nodejs(\d+)\.x$/.exec(process.env.AWS_EXECUTION_ENV ?? '');
  return Number(declared?.[1] ?? process.versions.node.split('.')[0]);
}

provideModules();
if (declaredVersion() < FIRST_WITHOUT_CALLBACKS) {
  const { run } = await import('./v3-runtime.mjs');
  await run();
} else {
  // Not awaited, as in AWS's client 4: the process of a handler that never settles ends with status 0, not 13.
  import('./v4-runtime.mjs').then(({ run }) => run());
}
