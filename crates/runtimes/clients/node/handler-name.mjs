// Takes a handler's name apart: `src/index.api.handler` is the module `index` in `src/`, and in it `api.handler`.

import { basename } from 'node:path';

/** Folder, module and path of keys; `Malformed` is the class of the error for a name that is none. */
export function parseHandlerName(handlerName, Malformed) {
  if (handlerName.includes('..')) {
    throw new Malformed(
      `'${handlerName}' is not a valid handler name. ` +
        'Use absolute paths when specifying root directories in handler names.',
    );
  }
  const file = basename(handlerName);
  const dot = file.indexOf('.');
  if (dot < 0) throw new Malformed('Bad handler');
  const folder = handlerName.slice(0, handlerName.indexOf(file));
  return { folder, module: file.slice(0, dot), path: file.slice(dot + 1).split('.') };
}
