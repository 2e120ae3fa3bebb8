// The clients that are run: ours, and AWS's for a declared runtime.

import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lambdaFlags } from './sandbox.mjs';

const OURS = fileURLToPath(new URL('../../../crates/runtimes/clients/node', import.meta.url));
const JUDGES = {
  3: { folder: './node_modules/ric3', entry: './ric3.mjs', native: './node_modules/ric3/dist/rapid-client.node' },
  4: {
    folder: './node_modules/ric4',
    entry: './node_modules/ric4/index.mjs',
    native: './node_modules/ric4/rapid-client.node',
  },
};

/** Our client, as for a runtime. */
export function ours(runtime) {
  return { node: process.execPath, flags: lambdaFlags(runtime), entry: `${OURS}/runtime.mjs`, places: [OURS] };
}

/** AWS's client for a runtime; nothing if it is not installed. `native` says whether its native part is built. */
export function judge(runtime) {
  const { folder, entry, native } = JUDGES[runtime < 24 ? 3 : 4];
  const here = (path) => fileURLToPath(new URL(path, import.meta.url));
  if (!existsSync(here(folder))) return undefined;
  const isBuilt = existsSync(here(native));
  const flags = [...lambdaFlags(runtime), ...(isBuilt ? [] : ['--require', here('./native-part.cjs')])];
  // Client 3 is a file in a folder of its package, on AWS in the same place as client 4.
  const roots = [realpathSync(here(folder)), here(folder)];
  const places = [...roots.map((root) => `${root}/dist`), ...roots, dirname(here('./native-part.cjs'))];
  return { node: process.execPath, flags, entry: here(entry), places, native: isBuilt };
}
