// Errors as Lambda tells them: the document that answers an event, the text that is logged, paths as they are on AWS.

import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

const AWS_TASK_ROOT = '/var/task';
const AWS_RUNTIME_ROOT = '/var/runtime';

/** The folder of this client, which AWS keeps in /var/runtime. */
export const CLIENT_ROOT = dirname(fileURLToPath(import.meta.url));

const PLACES = places();

/** The text with the paths that it would have on AWS. */
export function withAwsPaths(text) {
  return PLACES.reduce((changed, place) => changed.replaceAll(place.here, place.onAws), text);
}

/**
 * The document that reports an error to Lambda. Values that are no errors are named by their type. `isError` decides
 * what is one.
 */
export function errorDocument(error, isError) {
  try {
    if (!isError(error)) return { errorType: typeof error, errorMessage: text(error), trace: [] };
    return {
      errorType: reportable(error.name),
      errorMessage: reportable(error.message),
      trace: reportable(error.stack)?.split('\n') ?? [],
    };
  } catch {
    // The value's own getters threw.
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
      trace: [],
    };
  }
}

/** Whether client 3 takes a value for an error: errors of any realm, and what looks like one. */
export function isErrorLike(value) {
  const named = ['name', 'message', 'stack'];
  return types.isNativeError(value) || Boolean(value && named.every((key) => value[key] && typeof value[key] === 'string'));
}

/** Whether client 4 takes a value for an error. */
export function isErrorInstance(value) {
  return value instanceof Error;
}

/** An error as one line of JSON, for a line of the log in text format; begins with a tab, as on AWS. */
export function errorLine(error, isError) {
  try {
    return `\t${withAwsPaths(JSON.stringify(error, (_key, value) => withHiddenFields(value)))}`;
  } catch {
    // A property refers to its owner, or JSON has no form for it.
    return `\t${JSON.stringify(errorDocument(error, isError))}`;
  }
}

/** An error with the fields that JSON does not see by itself, its own ones last. */
function withHiddenFields(value) {
  if (!(value instanceof Error)) return value;
  const fields = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
  if (typeof value.stack === 'string') fields.stack = value.stack.split('\n');
  return fields;
}

function text(value) {
  return value === null || value === undefined ? String(value) : value.toString();
}

/** The text as the Runtime API takes it: without the control character DEL. */
function reportable(value) {
  return value === undefined || value === null ? value : withAwsPaths(value.replaceAll('\x7f', '%7F'));
}

function places() {
  const found = [];
  for (const [folder, onAws] of [[process.env.LAMBDA_TASK_ROOT, AWS_TASK_ROOT], [CLIENT_ROOT, AWS_RUNTIME_ROOT]]) {
    if (folder) {
      for (const here of new Set([real(folder), folder])) found.push({ here: here.replace(/\/+$/, ''), onAws });
    }
  }
  return found.filter(({ here }) => here !== '').sort((one, other) => other.here.length - one.here.length);
}

function real(folder) {
  try {
    return realpathSync(folder);
  } catch {
    // No such folder: loading the handler says so.
    return folder;
  }
}
