// The clients that are run: ours, and AWS's for a declared runtime.

import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lambdaFlags } from './sandbox.mjs';

const OURS = fileURLToPath(new URL('../../../crates/runtimes/clients/node', import.meta.url));
const JUDGES = {
  3: { package: 'ric3', entry: './ric3.mjs', native: 'node_modules/ric3/dist/rapid-client.node' },
  4: { package: 'ric4', entry: './node_modules/ric4/index.mjs', native: 'node_modules/ric4/rapid-client.node' },
};

/** Our client, as for a runtime. */
export function ours(runtime) {
  return { node: process.execPath, flags: lambdaFlags(runtime), entry: `${OURS}/runtime.mjs`, places: [OURS] };
}

/** AWS's client for a runtime; nothing if it is not installed. */
export function judge(runtime) {
  const judge = JUDGES[runtime < 24 ? 3 : 4];
  const here = (path) => fileURLToPath(new URL(path, import.meta.url));
  if (!existsSync(here(judge.native))) return undefined;
  const places = [dirname(here(judge.native)), realpathSync(dirname(here(judge.native))), dirname(here('./x'))];
  return { node: process.execPath, flags: lambdaFlags(runtime), entry: here(judge.entry), places };
}
