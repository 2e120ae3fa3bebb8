// Runs one client with one function against a Runtime API of the tests, and tells what it did, comparably.

import { spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from './runtime-api.mjs';

const PATIENCE_MS = 60_000;

export const FUNCTIONS = fileURLToPath(new URL('functions', import.meta.url));

/** Flags that Lambda gives Node.js for a declared runtime, as far as this Node.js has them (README of the client). */
export function lambdaFlags(runtime) {
  const off = ['--experimental-require-module'];
  if (runtime >= 22) off.push('--experimental-detect-module');
  return off.filter((flag) => process.allowedNodeEnvironmentFlags.has(flag)).map((flag) => flag.replace('--', '--no-'));
}

/**
 * Runs `client` ({ node, flags, entry, places }) with `test`: `handler` below `folder` gets `events` as in `runtime`,
 * with `env` beside Lambda's own variables; `status` chooses the Runtime API's answers. `ends` says that the process
 * ends by itself; otherwise it is killed when it asks for one event too many. `unread` closes its standard output,
 * `unmasked` leaves paths as they are.
 */
export async function run(client, test) {
  const api = await serve(test.events, test.status);
  const taskRoot = await realpath(resolve(FUNCTIONS, test.folder ?? '.'));
  const home = await mkdtemp(join(tmpdir(), 'node-client-'));
  const process = spawn(client.node, [...client.flags, client.entry], {
    cwd: taskRoot,
    env: environment(test, api.address, taskRoot, home),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (test.unread) process.stdout.destroy();
  const [stdout, stderr, frames] = [1, 2, 3].map((descriptor) => collect(process.stdio[descriptor]));
  const ended = new Promise((resolve) => process.on('close', (status, signal) => resolve({ status, signal })));
  const patience = setTimeout(() => process.kill('SIGKILL'), PATIENCE_MS);
  if (!test.ends) api.drained.then(() => process.kill('SIGTERM'));
  const end = await ended;
  clearTimeout(patience);
  api.close();
  await rm(home, { recursive: true });
  const masked = (bytes) => mask(bytes.toString('utf8'), test.unmasked ? [] : [taskRoot], client.places);
  return {
    end: end.signal === 'SIGKILL' ? 'hangs' : (end.signal ?? `status ${end.status}`),
    posts: api.posts.map((post) => comparable(post, masked)),
    stdout: lines(masked(stdout())),
    stderr: lines(withoutSource(masked(stderr()))),
    frames: decoded(frames(), masked),
  };
}

function environment(test, address, taskRoot, home) {
  return {
    PATH: '/usr/bin:/bin',
    HOME: home,
    TZ: ':UTC',
    AWS_LAMBDA_RUNTIME_API: address,
    _HANDLER: test.handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${test.runtime}.x`,
    AWS_LAMBDA_FUNCTION_NAME: 'judged',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/judged',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0',
    ...test.env,
  };
}

function collect(stream) {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

/** A post with its JSON parsed; a stream of errors decoded. */
function comparable(post, masked) {
  const body = masked(post.body);
  const told = { path: post.path, body: body.length > 100_000 ? `${body.length} characters` : parsed(body) };
  if (post.mode) Object.assign(told, { mode: post.mode, contentType: post.contentType });
  if (post.path === '/init/error') told.errorType = post.errorType;
  if (!post.whole) told.whole = false;
  const { 'lambda-runtime-function-error-type': type, 'lambda-runtime-function-error-body': encoded } = post.trailers;
  if (type) told.trailers = { type, body: parsed(masked(Buffer.from(encoded, 'base64'))) };
  return withoutFrames(told);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Replaces what differs from run to run and from machine to machine. */
function mask(text, taskRoots, places) {
  const tasks = taskRoots.reduce((changed, root) => changed.replaceAll(root, '/var/task'), text);
  return (
    places
      .reduce((changed, place) => changed.replaceAll(place, '/var/runtime'), tasks)
      // On AWS the client is one file.
      .replace(/\/var\/runtime\/[\w-]+\.mjs/g, '/var/runtime/index.mjs')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) => (time.startsWith('1970') ? time : '<time>'))
      // How many frames of the client an error and its cause share.
      .replace(/\.\.\. \d+ (lines matching cause stack trace)/g, '... $1')
      .replace(/\(node:\d+\)/g, '(node:<pid>)')
      .replace(/^\[ERROR\] \[\d+\]/gm, '[ERROR] [<ms>]')
      .replace(/127\.0\.0\.1:\d+/g, '<api>')
  );
}

const FRAME_OF_CLIENT =
  /^\s+at .*(?:\/var\/runtime\/|\(?node:|<anonymous>|async Promise\.all)|^\s+at (?:new Promise|process\.processTicks)/;

/** Drops the frames of the client and of Node.js from stacks: ours has other functions. */
function withoutFrames(value) {
  if (Array.isArray(value)) {
    return value.filter((item) => !(typeof item === 'string' && FRAME_OF_CLIENT.test(item))).map(withoutFrames);
  }
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFrames(item)]));
  }
  return typeof value === 'string' ? textWithoutFrames(value) : value;
}

function textWithoutFrames(text) {
  const separator = text.includes('\n') ? '\n' : '\r';
  return text
    .split(separator)
    .filter((line) => !FRAME_OF_CLIENT.test(line))
    .join(separator);
}

/** The frames of telemetry: type and level in hexadecimal, the line, whether its time is one. */
function decoded(bytes, masked) {
  const frames = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readInt32BE(at + 4);
    const atMs = Number(bytes.readBigInt64BE(at + 8) / 1000n);
    const line = masked(bytes.subarray(at + 16, at + 16 + length));
    const recent = Date.now() - atMs < 60_000;
    frames.push({ type: bytes.readUInt32BE(at).toString(16), line: comparableLine(line), recent });
    at += 16 + length;
  }
  return frames;
}

/** The lines of an output, each parsed where it holds JSON. */
function lines(text) {
  return text
    .split('\n')
    .filter((line) => line !== '' && !FRAME_OF_CLIENT.test(line))
    .map(comparableLine);
}

function comparableLine(line) {
  const json = line.indexOf('{"');
  if (json < 0) return textWithoutFrames(line);
  const value = parsed(line.slice(json));
  return typeof value === 'object' ? [line.slice(0, json), withoutFrames(value)] : textWithoutFrames(line);
}

/** Node.js shows the line of source that threw or waits: the client's is its own. */
function withoutSource(text) {
  return text
    .replace(/^(?:file:\/\/)?\/var\/runtime\/[^\n]*:\d+\n[^\n]*\n\s*\^+\n/gm, '')
    .replace(/^(Warning: Detected unsettled top-level await at) [^\n]*\n[^\n]*\n\s*\^+\n/gm, '$1 <client>\n');
}
