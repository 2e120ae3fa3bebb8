// Errors as Lambda tells them: the document that answers an event, the text that is logged, paths as they are on AWS.

import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

const AWS_TASK_ROOT = '/var/task';
/** AWS's client, which is one file. */
const AWS_CLIENT = '/var/runtime/index.mjs';

/** The folder of this client. */
export const CLIENT_ROOT = dirname(fileURLToPath(import.meta.url));

/** Reports an error whose fields cannot be read. */
const UNREADABLE = {
  errorType: 'handled',
  errorMessage:
    'callback called with Error argument, ' +
    'but there was a problem while retrieving one or more of its message, name, and stack',
};

const TASK_ROOTS = namesOf(process.env.LAMBDA_TASK_ROOT).map((name) => new RegExp(`${name}(?=[/'":\\s)]|$)`, 'g'));
const CLIENT_FILES = namesOf(CLIENT_ROOT).map((name) => new RegExp(`${name}/[\\w-]+\\.mjs`, 'g'));

/** The text with the paths that it would have on AWS. */
export function withAwsPaths(text) {
  const moved = TASK_ROOTS.reduce((changed, root) => changed.replace(root, AWS_TASK_ROOT), text);
  return CLIENT_FILES.reduce((changed, file) => changed.replace(file, AWS_CLIENT), moved);
}

/** The document that reports an error, as client 3 makes it. Values that are no errors are named by their type. */
export function errorDocument3(error) {
  try {
    if (!isErrorLike(error)) return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
    const trace = reportable(error.stack).split('\n');
    return { errorType: reportable(error.name), errorMessage: reportable(error.message), trace };
  } catch {
    // The value's getters threw, or it has no stack.
    return { ...UNREADABLE };
  }
}

/** The same as client 4 makes it. */
export function errorDocument4(error) {
  try {
    if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    const trace = reportable(error.stack)?.split('\n') ?? [];
    return { errorType: reportable(error.name), errorMessage: reportable(error.message), trace };
  } catch {
    return { ...UNREADABLE, trace: [] };
  }
}

/** Whether client 3 takes a value for an error: errors of any realm, and what looks like one. */
function isErrorLike(value) {
  const isText = (part) => typeof part === 'string' && part !== '';
  return types.isNativeError(value) || Boolean(value && [value.name, value.message, value.stack].every(isText));
}

/** An error as one line of JSON, for a line of the log in text format; begins with a tab, as on AWS. */
export function errorLine(error, documentOf) {
  try {
    return `\t${withAwsPaths(JSON.stringify(error, (_key, value) => withHiddenFields(value)))}`;
  } catch {
    // A property refers to its owner, or JSON has no form for it.
    return `\t${JSON.stringify(documentOf(error))}`;
  }
}

/** An error with the fields that JSON does not see by itself, its own ones last. */
function withHiddenFields(value) {
  if (!(value instanceof Error)) return value;
  const fields = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
  if (typeof value.stack === 'string') fields.stack = value.stack.split('\n');
  return fields;
}

/** The text as the Runtime API takes it: without the control character DEL. */
function reportable(value) {
  return value === undefined || value === null ? value : withAwsPaths(value.replaceAll('\x7f', '%7F'));
}

/** The names of a folder, as parts of a pattern; none for no folder and for the root. */
function namesOf(folder) {
  if (!folder) return [];
  const names = new Set([real(folder), folder].map((name) => name.replace(/\/+$/, '')));
  return [...names].filter((name) => name !== '').map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
}

function real(folder) {
  try {
    return realpathSync(folder);
  } catch {
    // No such folder: loading the handler says so.
    return folder;
  }
}
