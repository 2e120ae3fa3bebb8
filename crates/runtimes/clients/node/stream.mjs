// Streamed answers: what a streaming handler writes to, and the global `awslambda` that makes a handler one.
//
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';
const HTTP_RESPONSE = 'application/vnd.awslambda.http-integration-response';
/** Stands between the head of an HTTP response and its body. */
const HEAD_END = new Uint8Array(8);

const METHODS = [
  'cork',
  'destroy',
  'end',
  'uncork',
  'write',
  'addListener',
  'emit',
  'eventNames',
  'getMaxListeners',
  'listenerCount',
  'listeners',
  'off',
  'on',
  'once',
  'prependListener',
  'prependOnceListener',
  'rawListeners',
  'removeAllListeners',
  'removeListener',
  'setMaxListeners',
  'setContentType',
];
const VARIABLES = ['destroyed', 'writable', '_onBeforeFirstWrite'];
const CONSTANTS = [
  'writableFinished',
  'writableObjectMode',
  'writableEnded',
  'writableNeedDrain',
  'writableHighWaterMark',
  'writableCorked',
  'writableLength',
];

class MalformedStreamingHandler extends Error {}
MalformedStreamingHandler.prototype.name = 'Runtime.MalformedStreamingHandler';

/** Puts an HTTP response's status and headers in front of a stream. */
class HttpResponseStream {
  static from(underlyingStream, prelude) {
    underlyingStream.setContentType(HTTP_RESPONSE);
    const head = JSON.stringify(prelude);
    // The name is AWS's: wrappers of handlers know it.
    underlyingStream._onBeforeFirstWrite = (write) => {
      write(head);
      write(HEAD_END);
    };
    return underlyingStream;
  }
}

/** Offers the global `awslambda`, unless the function forbids it; `more` is what else it has. */
export function offerGlobal(more = {}) {
  if (['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  globalThis.awslambda = { ...more, streamifyResponse, HttpResponseStream };
}

function streamifyResponse(handler, options) {
  handler[STREAMING] = 'response';
  if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = Math.trunc(options.highWaterMark);
  return handler;
}

/** Whether a handler streams its answer. */
export function streams(handler) {
  const mark = handler[STREAMING];
  if (mark === undefined || mark === null || mark === false) return false;
  if (mark === 'response') return true;
  throw new MalformedStreamingHandler('Only response streaming is supported.');
}

/** The bytes that a handler's stream buffers, if the handler says so. */
export function highWaterMark(handler) {
  const bytes = Number.parseInt(handler[HIGH_WATER_MARK], 10);
  return Number.isNaN(bytes) ? undefined : bytes;
}

/** The streamed answer to one event. */
export class StreamedAnswer {
  #request;
  #accepted;

  /** `Misuse` is the class of the error for what a handler may not do with its stream (any more). */
  constructor(api, id, bufferBytes, Misuse) {
    const headers = {
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      Trailer: [ERROR_TYPE, ERROR_BODY],
      'Content-Type': 'application/octet-stream',
    };
    this.#request = api.openAnswer(id, headers, bufferBytes);
    this.#accepted = accepted(this.#request);
    addWriting(this.#request, Misuse);
    /** What the handler gets: the methods of a writable stream, and `setContentType`. */
    this.stream = facade(this.#request);
  }

  /**
   * Settles when the Runtime API has taken the whole answer. Nobody handles a rejection before the handler has returned:
   * as on AWS, that ends the process of a handler whose stream breaks (a pipeline's source fails and destroys it).
   */
  get accepted() {
    return this.#accepted;
  }

  /** Ends the answer with an error in its trailers; `done` is called when that is written. */
  fail(document, done) {
    this.#request.addTrailers({
      [ERROR_TYPE]: String(document.errorType).replace(/[^\x20-\x7e]/g, '?'),
      [ERROR_BODY]: Buffer.from(JSON.stringify(document)).toString('base64'),
    });
    this.#request.end(done);
  }
}

function accepted(request) {
  return new Promise((resolve, reject) => {
    request.on('response', (response) => {
      response.on('error', (error) => request.destroy(error));
      response.on('end', resolve);
      response.resume();
    });
    request.on('error', (error) => {
      reject(error);
      request.destroy(error);
    });
  });
}

/** Lets a request take what is no text and no bytes as JSON, write a head first, and change its content type. */
function addWriting(request, Misuse) {
  let begun = false;
  const write = request.write.bind(request);
  request.write = (chunk, encoding, callback) => {
    const bytes = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    if (!begun) request._onBeforeFirstWrite?.((head) => write(head));
    const flushed = write(bytes, encoding, callback);
    begun = true;
    return flushed;
  };
  request.setContentType = (contentType) => {
    if (begun) throw new Misuse('Cannot set content-type, too late.');
    request.setHeader('Content-Type', contentType);
  };
}

function facade(request) {
  const stream = Object.fromEntries(METHODS.map((name) => [name, request[name].bind(request)]));
  for (const name of VARIABLES) {
    Object.defineProperty(stream, name, {
      get: () => request[name],
      set: (value) => {
        request[name] = value;
      },
    });
  }
  for (const name of CONSTANTS) Object.defineProperty(stream, name, { get: () => request[name] });
  return stream;
}
