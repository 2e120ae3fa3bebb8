// The function's console: lines in Lambda's text or JSON format, from a minimum level on, and where they go.
//
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html

import { writeSync } from 'node:fs';
import { format } from 'node:util';
import { withAwsPaths } from './errors.mjs';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const TEXT_FRAME = 0xa55a0003;
const JSON_FRAME = 0xa55a0002;
const FRAME_HEADER_BYTES = 16;

/** Whether AWS_LAMBDA_LOG_FORMAT asks for JSON. */
export function logsJson() {
  return process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
}

/**
 * Replaces the methods of `console`. `event` has `requestId()` and `tenantId()` of the current event;
 * `searchesMessage` says whether an error in the first of several arguments gives a line its error fields.
 */
export function patchConsole(event, { searchesMessage }) {
  const wanted = process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase();
  const minimum = Math.max(LEVELS.indexOf(wanted), 0);
  const write = sink();
  const line = logsJson() ? jsonLine : textLine;
  LEVELS.forEach((level, rank) => {
    // Always logged, as in AWS's client 3; in client 4 no level is above it either.
    const logged = rank >= minimum || level === 'FATAL';
    const log = (message, ...parameters) => {
      const now = new Date();
      write(level, now, line(level, now, event, [message, ...parameters], searchesMessage));
    };
    console[level.toLowerCase()] = logged ? log : () => {};
  });
  console.log = console.info;
}

function textLine(level, now, event, values) {
  return `${now.toISOString()}\t${event.requestId()}\t${level}\t${format(...values)}`;
}

function jsonLine(level, now, event, values, searchesMessage) {
  const fields = { timestamp: now.toISOString(), level, requestId: event.requestId() };
  const tenantId = event.tenantId();
  if (tenantId) fields.tenantId = tenantId;
  if (values.length === 1) return jsonOfOne(fields, values[0]);
  fields.message = format(...values);
  const error = values.slice(searchesMessage ? 0 : 1).find((value) => value instanceof Error);
  if (error) Object.assign(fields, errorFields(error, []));
  return JSON.stringify(fields);
}

function jsonOfOne(fields, message) {
  try {
    return JSON.stringify({ ...fields, message }, (_key, value) =>
      value instanceof Error ? { ...errorFields(value, value.stack), ...value } : value,
    );
  } catch {
    // JSON has no form for it (a circle, a BigInt).
    return JSON.stringify({ ...fields, message: format(message) });
  }
}

function errorFields(error, otherStack) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? withAwsPaths(error.stack).split('\n') : otherStack,
  };
}

/** Where lines go: to the platform's telemetry, framed, if it offers that, else to standard output. */
function sink() {
  const descriptor = Number(process.env._LAMBDA_TELEMETRY_LOG_FD);
  delete process.env._LAMBDA_TELEMETRY_LOG_FD;
  if (Number.isInteger(descriptor) && descriptor > 0) return framed(descriptor);
  // Nobody reads any more: the platform is gone. Without this the error would be logged, and that would fail, for ever.
  process.stdout.on('error', () => process.exit(1));
  // A line feed would end the event: Lambda's client writes carriage returns within one.
  return (_level, _now, line) => process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
}

/** Frames of the telemetry: type and level, length in bytes, microseconds of the time, then the line. */
function framed(descriptor) {
  const json = logsJson();
  return (level, now, line) => {
    const body = Buffer.from(json ? line : `${line}\n`, 'utf8');
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    const levelBits = (LEVELS.indexOf(level) + 1) << 2;
    header.writeUInt32BE(((json ? JSON_FRAME : TEXT_FRAME) | levelBits) >>> 0, 0);
    header.writeInt32BE(body.length, 4);
    header.writeBigInt64BE(BigInt(now.valueOf()) * 1000n, 8);
    writeSync(descriptor, Buffer.concat([header, body]));
  };
}
