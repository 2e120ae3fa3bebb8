// Finds the handler as AWS's client 3 does (nodejs20.x, nodejs22.x): CommonJS by `require`, ES modules by `import`.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLIENT_ROOT } from './errors.mjs';
import { parseHandlerName } from './handler-name.mjs';

// Modules are required from where AWS's client lies: the file is named in the require stack of an error.
const require = createRequire(join(CLIENT_ROOT, 'index.mjs'));

class ImportModuleError extends Error {}
class HandlerNotFound extends Error {}
class MalformedHandlerName extends Error {}
class UserCodeSyntaxError extends Error {}
for (const type of [ImportModuleError, HandlerNotFound, MalformedHandlerName, UserCodeSyntaxError]) {
  type.prototype.name = `Runtime.${type.name}`;
}

/** The function that `handlerName`, such as `src/index.handler`, names below `taskRoot`. */
export async function loadHandler(taskRoot, handlerName) {
  const { folder, module, path } = parseHandlerName(handlerName, MalformedHandlerName);
  const exported = await loadModule(taskRoot, folder, module);
  const handler = path.reduce((value, key) => value && value[key], exported);
  if (!handler) throw new HandlerNotFound(`${handlerName} is undefined or not exported`);
  if (typeof handler !== 'function') throw new HandlerNotFound(`${handlerName} is not a function`);
  return handler;
}

async function loadModule(taskRoot, folder, module) {
  try {
    const file = resolve(taskRoot, folder, module);
    return (await loadFile(file)) ?? require(require.resolve(module, { paths: [taskRoot, folder] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    if (error?.code === 'MODULE_NOT_FOUND') throw new ImportModuleError(error);
    throw error;
  }
}

/** The module in a file with one of the endings that are looked for, in their order; nothing if there is none. */
async function loadFile(file) {
  if (existsSync(file)) return require(file);
  const asModule = existsSync(`${file}.js`) && isInModulePackage(dirname(file));
  if (existsSync(`${file}.js`)) return asModule ? importFile(`${file}.js`) : require(`${file}.js`);
  if (existsSync(`${file}.mjs`)) return importFile(`${file}.mjs`);
  if (existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
  return undefined;
}

function importFile(file) {
  return import(pathToFileURL(file).href);
}

/** Whether the nearest package.json says that `.js` files are ES modules. */
function isInModulePackage(folder) {
  if (folder.endsWith('/node_modules')) return false;
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    try {
      const content = JSON.parse(readFileSync(file, 'utf8'));
      if (content) return content.type === 'module';
    } catch (error) {
      console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return false;
    }
  }
  return folder !== dirname(folder) && isInModulePackage(dirname(folder));
}
