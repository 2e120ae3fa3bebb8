// Resolves what `import` does not find by itself in more folders; hooks of Node.js' module loader.
//
// https://nodejs.org/api/module.html#customization-hooks

import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The codes of what the module loader does not find. */
export const NOT_FOUND = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/** Frames that a hook and Node.js' calls of it take, at most. */
const HOOK_FRAMES = 10;

let folders = [];

/** Called in the loader's thread before the first resolution, with what was registered. */
export function initialize(data) {
  folders = data.folders;
}

/** The hook of the loader's thread. */
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!isLookedFor(specifier, context, error)) throw error;
    for (const folder of folders) {
      const found = await resolveBeside(specifier, context, next, folder).catch(unlessMissing);
      if (found) return found;
    }
    throw error;
  }
}

/** The same for hooks that run where the import does. */
export function resolveOr(specifier, context, next, folders) {
  try {
    return withMoreFrames(() => next(specifier, context));
  } catch (error) {
    if (!isLookedFor(specifier, context, error)) throw error;
    for (const folder of folders) {
      const found = resolveInside(specifier, context, next, folder);
      if (found) return found;
    }
    throw error;
  }
}

/** Hooks are frames in the stack of what `require` throws: with more of them kept, it still reaches the function's. */
function withMoreFrames(action) {
  const limit = Error.stackTraceLimit;
  if (typeof limit !== 'number' || limit === 0) return action();
  Error.stackTraceLimit = limit + HOOK_FRAMES;
  try {
    return action();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function resolveInside(specifier, context, next, folder) {
  try {
    return resolveAt(specifier, context, next, folder);
  } catch (error) {
    return unlessMissing(error);
  }
}

async function resolveBeside(specifier, context, next, folder) {
  return resolveAt(specifier, context, next, folder);
}

function resolveAt(specifier, context, next, folder) {
  if (basename(folder) === 'node_modules') {
    // As if a file beside the folder imported it: the package's own `exports` decide.
    const parentURL = pathToFileURL(join(dirname(folder), 'index.mjs')).href;
    return next(specifier, { ...context, parentURL });
  }
  const file = createRequire(join(folder, 'index.js')).resolve(`./${specifier}`);
  return next(pathToFileURL(file).href, context);
}

function unlessMissing(error) {
  if (NOT_FOUND.includes(error?.code)) return undefined;
  throw error;
}

/** Whether an import by name failed; `require` looks at NODE_PATH by itself. */
function isLookedFor(specifier, context, error) {
  const byName = !/^(?:\.{0,2}\/|#|[a-z][a-z\d+.-]*:)/i.test(specifier);
  return byName && NOT_FOUND.includes(error?.code) && !context.conditions?.includes('require');
}
