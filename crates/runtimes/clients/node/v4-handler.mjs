// Finds the handler as AWS's client 4 does (nodejs24.x and later): every file by `import`, no callbacks.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLIENT_ROOT } from './errors.mjs';
import { parseHandlerName } from './handler-name.mjs';
import { streams } from './stream.mjs';

const require = createRequire(join(CLIENT_ROOT, 'index.mjs'));
const ENDINGS = ['', '.js', '.mjs', '.cjs'];
/** Event and context; a third parameter is a callback. */
const MOST_PARAMETERS = 2;

const CALLBACK_REFUSED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
  'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
  'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

// Class names appear in JSON logs, `name` in text logs.
class HandlerNotFoundError extends Error {
  constructor(message) {
    super(message);
    this.name = 'Runtime.HandlerNotFound';
  }
}

class MalformedHandlerNameError extends Error {
  constructor(message) {
    super(message);
    this.name = 'Runtime.MalformedHandlerName';
  }
}

class ImportModuleError extends Error {
  constructor(cause) {
    super(String(cause));
    this.name = 'Runtime.ImportModuleError';
  }
}

class UserCodeSyntaxError extends Error {
  constructor(cause) {
    super(String(cause));
    this.name = 'Runtime.UserCodeSyntaxError';
    this.stack = cause.stack;
  }
}

class CallbackHandlerDeprecatedError extends Error {
  constructor(message) {
    super(message);
    this.name = 'Runtime.CallbackHandlerDeprecated';
  }
}

/** The function that `handlerName`, such as `src/index.handler`, names below `taskRoot`. */
export async function loadHandler(taskRoot, handlerName) {
  const { folder, module, path } = parseHandlerName(handlerName, MalformedHandlerNameError);
  const exported = await loadModule(taskRoot, folder, module);
  const handler = find(exported, path) || find(exported?.default, path);
  if (!handler) throw new HandlerNotFoundError(`${handlerName} is undefined or not exported`);
  if (typeof handler !== 'function') throw new HandlerNotFoundError(`${handlerName} is not a function`);
  const takesCallback = handler.length > MOST_PARAMETERS && !streams(handler);
  if (takesCallback) throw new CallbackHandlerDeprecatedError(CALLBACK_REFUSED);
  return handler;
}

async function loadModule(taskRoot, folder, module) {
  try {
    const file = resolve(taskRoot, folder, module);
    const ending = ENDINGS.find((ending) => existsSync(file + ending));
    if (ending !== undefined) return await import(pathToFileURL(file + ending).href);
    return require(require.resolve(module, { paths: [taskRoot, join(taskRoot, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    if (error instanceof Error && error.code === 'MODULE_NOT_FOUND') throw new ImportModuleError(error);
    throw error;
  }
}

/** What lies under a path of keys; objects alone have keys here. */
function find(exported, path) {
  return path.reduce((value, key) => (value && typeof value === 'object' ? value[key] : undefined), exported);
}
