// Handles events one after another as AWS's client 3 does (nodejs20.x, nodejs22.x): promises, callbacks, streams.

import { RuntimeApi } from './api.mjs';
import { errorDocument3 as documentOf, errorLine } from './errors.mjs';
import { environmentData, exportTraceId, headerData, requestIdOf, tenantIdOf } from './invocation.mjs';
import { logsJson, patchConsole } from './log.mjs';
import { explainMissingModule } from './modules.mjs';
import { completion } from './v3-completion.mjs';
import { loadHandler } from './v3-handler.mjs';
import { StreamedAnswer, highWaterMark, offerGlobal, streams } from './stream.mjs';

// Names that AWS's client uses: libraries read and wrap them.
const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId');
const TENANT_ID = Symbol.for('aws.lambda.runtime.tenantId');
const BEFORE_EXIT = Symbol.for('aws.lambda.beforeExit');

const UNHANDLED_REJECTION_STATUS = 128;
const UNCAUGHT_EXCEPTION_STATUS = 129;

const CALLBACK_WARNING =
  'AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. ' +
  'You will need to update this function to use an async handler to use Node.js 24 or later. ' +
  'For more information and to provide feedback on this change, ' +
  'see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. ' +
  'To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.';

class UnhandledPromiseRejection extends Error {
  constructor(reason, promise) {
    super(reason);
    this.reason = reason;
    this.promise = promise;
  }
}
UnhandledPromiseRejection.prototype.name = 'Runtime.UnhandledPromiseRejection';

class NodeJsExit extends Error {
  constructor() {
    super(
      'The Lambda runtime client detected an unexpected Node.js exit code. ' +
        'This is most commonly caused by a Promise that was never settled. ' +
        'For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
    );
  }
}
NodeJsExit.prototype.name = 'Runtime.NodeJsExit';

class InvalidStreamingOperation extends Error {}
InvalidStreamingOperation.prototype.name = 'Runtime.InvalidStreamingOperation';

/** Loads the handler and asks for events. */
export async function run() {
  patchConsole(
    { requestId: () => globalThis[REQUEST_ID], tenantId: () => globalThis[TENANT_ID] },
    { searchesMessage: true },
  );
  offerGlobal();
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API, { showsRefusal: false });
  const faults = watchFaults(api);
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  if (warnsOfCallback(handler)) console.warn(CALLBACK_WARNING);
  new Runtime(api, handler, faults).scheduleNext();
}

/** Reports what no code catches: while the handler loads as an error of that, later as the event's. */
function watchFaults(api) {
  const faults = {
    ending: false,
    report: (document) => api.reportInitError(document),
    end(error, status) {
      this.ending = true;
      this.report(documentOf(error)).then(() => process.exit(status), unreachable);
    },
  };
  process.on('uncaughtException', (error) => {
    logError('Uncaught Exception', error);
    faults.end(error, UNCAUGHT_EXCEPTION_STATUS);
  });
  process.on('unhandledRejection', (reason, promise) => {
    const error = new UnhandledPromiseRejection(reason, promise);
    logError('Unhandled Promise Rejection', error);
    faults.end(error, UNHANDLED_REJECTION_STATUS);
  });
  whenLoopEnds();
  process.on('beforeExit', () => globalThis[BEFORE_EXIT]());
  return faults;
}

/** Sets what happens once nothing is left to do in this process; without an action, it ends. */
function whenLoopEnds(action = () => {}) {
  globalThis[BEFORE_EXIT] = action;
}

function warnsOfCallback(handler) {
  const wanted = process.env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING === undefined;
  return wanted && handler.length === 3 && !isAsync(handler) && !streams(handler);
}

function isAsync(handler) {
  return handler.constructor?.name === 'AsyncFunction';
}

function logError(title, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(thrown);
  explainMissingModule(error);
  if (logsJson()) {
    console.error(error);
  } else {
    console.error(title, errorLine(error, documentOf));
  }
}

/** The Runtime API is gone, and nobody is left to report to. */
function unreachable(error) {
  process.stderr.write(`The Lambda Runtime API at ${process.env.AWS_LAMBDA_RUNTIME_API} cannot be reached: ${error}\n`);
  process.exit(UNCAUGHT_EXCEPTION_STATUS);
}

/** The JSON text of a handler's result. */
function jsonOf(result) {
  let json;
  try {
    json = JSON.stringify(result === undefined ? null : result);
  } catch {
    // A BigInt, a circle.
    throw new Error('Unable to stringify response body');
  }
  // A function, a symbol: there is no text to send, and AWS's client says it like this.
  if (json === undefined) throw new TypeError('Wrong arguments');
  return json;
}

/** Asks for events and calls the handler, which sees this object as `this`. */
class Runtime {
  constructor(api, handler, faults) {
    this.api = api;
    this.handler = handler;
    this.faults = faults;
    this.handleOnce = streams(handler) ? this.handleOnceStreaming : this.handleOnceNonStreaming;
  }

  /** Handles the next event when what is due now is done. */
  scheduleNext() {
    setImmediate(() => {
      // An event would be lost with this process.
      if (this.faults.ending) return;
      this.handleOnce().catch((error) => {
        console.log(`Unexpected Top Level Error: ${error}`);
        this.faults.end(error, UNCAUGHT_EXCEPTION_STATUS);
      });
    });
  }

  async handleOnceNonStreaming() {
    const { headers, body } = await this.begin();
    const id = requestIdOf(headers);
    const ending = completion({
      answer: (result) => this.answer(id, result),
      fail: (error) => this.fail(id, error),
      whenLoopEnds,
    });
    whenLoopEnds(() => this.endUnanswered(id, ending));
    try {
      const result = this.handler(JSON.parse(body), contextOf(ending.context, headers), ending.callback);
      if (typeof result?.then === 'function') {
        result.then(ending.context.succeed, ending.context.fail).catch(ending.context.fail);
      }
    } catch (error) {
      ending.callback(error);
    }
  }

  async handleOnceStreaming() {
    const { headers, body } = await this.begin();
    const answer = this.openAnswer(requestIdOf(headers));
    const context = { callbackWaitsForEmptyEventLoop: true };
    const next = () => {
      whenLoopEnds();
      if (!context.callbackWaitsForEmptyEventLoop) return this.scheduleNext();
      return whenLoopEnds(() => setImmediate(() => this.scheduleNext()));
    };
    const fail = (error) => {
      logError('Invoke Error', error);
      answer.fail(documentOf(error), next);
    };
    whenLoopEnds(() => this.scheduleNext());
    try {
      const result = this.handler(JSON.parse(body), answer.stream, contextOf(context, headers));
      if (typeof result?.then !== 'function') return fail('Streaming does not support non-async handlers.');
      if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
      await answer.accepted;
      if (!answer.stream.writableFinished) return fail('Response stream is not finished.');
      return next();
    } catch (error) {
      return fail(error);
    }
  }

  openAnswer(id) {
    return new StreamedAnswer(this.api, id, highWaterMark(this.handler), InvalidStreamingOperation);
  }

  /** Waits for the next event; from then on it is the one that lines and errors belong to. */
  async begin() {
    const event = await this.api.next();
    const id = requestIdOf(event.headers);
    globalThis[REQUEST_ID] = id;
    globalThis[TENANT_ID] = tenantIdOf(event.headers);
    this.faults.report = (document) => this.api.answerError(id, document);
    return event;
  }

  /** The loop is empty and the handler has not answered. */
  endUnanswered(id, ending) {
    ending.markAnswered();
    if (isAsync(this.handler)) {
      this.fail(id, new NodeJsExit());
    } else {
      this.answer(id, null);
    }
  }

  answer(id, result) {
    const json = jsonOf(result);
    this.api.answer(id, json).then(() => this.scheduleNext(), unreachable);
  }

  fail(id, error) {
    logError('Invoke Error', error);
    this.api.answerError(id, documentOf(error)).then(() => this.scheduleNext(), unreachable);
  }
}

function contextOf(context, headers) {
  exportTraceId(headers);
  const { functionName, functionVersion, ...environment } = environmentData();
  return Object.assign(context, { functionVersion, functionName, ...environment }, headerData(headers));
}
