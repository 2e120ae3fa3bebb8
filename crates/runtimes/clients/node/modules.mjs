// Lets the function find modules where Lambda finds them: NODE_PATH also for `import`, and one folder of this machine.
//
// On AWS `import` looks at NODE_PATH too (Node.js itself does not), and the AWS SDK lies in a folder of it.
// https://aws.amazon.com/blogs/compute/node-js-18-x-runtime-now-available-in-aws-lambda/

import { existsSync } from 'node:fs';
import Module from 'node:module';
import { delimiter } from 'node:path';
import { NOT_FOUND, resolveOr } from './resolve-hooks.mjs';

const MACHINE_FOLDER = 'WORKSHOP_NODE_MODULES';
const OF_LAMBDA = /^@(aws-sdk|smithy)\//;
const MISSING = /^(?:Error: )?Cannot find (?:module|package) '([^']+)'/;

/** Makes the folders of NODE_PATH, then the one in WORKSHOP_NODE_MODULES, known to `require` and `import`. */
export function provideModules() {
  const { NODE_PATH: nodePath, [MACHINE_FOLDER]: machineFolder } = process.env;
  delete process.env[MACHINE_FOLDER];
  const listed = [...(nodePath ?? '').split(delimiter), machineFolder ?? ''].filter((folder) => folder !== '');
  const folders = listed.filter((folder) => existsSync(folder));
  // Nothing to look at: hooks cost every import a little, and on Node.js 20 a thread.
  if (folders.length === 0) return;
  if (machineFolder) provideToRequire(nodePath, folders);
  provideToImport(folders);
}

function provideToRequire(nodePath, folders) {
  // `require` reads NODE_PATH once, at the start; the function shall see the one that it was given.
  process.env.NODE_PATH = folders.join(delimiter);
  Module._initPaths();
  if (nodePath === undefined) {
    delete process.env.NODE_PATH;
  } else {
    process.env.NODE_PATH = nodePath;
  }
}

function provideToImport(folders) {
  if (Module.registerHooks) {
    Module.registerHooks({ resolve: (specifier, context, next) => resolveOr(specifier, context, next, folders) });
  } else {
    // Before Node.js 22.15 hooks live in a thread of their own; before 18.19 a program cannot register any.
    Module.register?.('./resolve-hooks.mjs', import.meta.url, { data: { folders } });
  }
}

/** Says so in the log when an error comes from a module that Lambda provides and this machine does not. */
export function explainMissingModule(error) {
  const missing = missingModule(error);
  if (missing === undefined || !OF_LAMBDA.test(missing)) return;
  const name = missing.split('/').slice(0, 2).join('/');
  console.warn(
    `Lambda's Node.js runtimes provide '${name}', this machine does not. ` +
      `\`workshop deploy --local\` installs it; or add it to the function's own modules: npm install ${name}`,
  );
}

/** The name of the module whose absence an error tells. */
function missingModule(error) {
  try {
    const isMissing = NOT_FOUND.includes(error.code) || error.name === 'Runtime.ImportModuleError';
    return isMissing ? MISSING.exec(error.message)?.[1] : undefined;
  } catch {
    // The error's own getters threw: it is no error of the module loader.
    return undefined;
  }
}
