// Handles events one after another as AWS's client 4 does (nodejs24.x and later): promises and streams.
//
// What no code catches ends the process as Node.js itself does: AWS's client 4 has no listeners for it.

import { RuntimeApi } from './api.mjs';
import { errorDocument4 as documentOf, errorLine } from './errors.mjs';
import { environmentData, exportTraceId, headerData, requestIdOf, tenantIdOf, traceIdOf } from './invocation.mjs';
import { InvokeStore } from './invoke-store.mjs';
import { logsJson, patchConsole } from './log.mjs';
import { explainMissingModule } from './modules.mjs';
import { loadHandler } from './v4-handler.mjs';
import { StreamedAnswer, highWaterMark, offerGlobal, streams } from './stream.mjs';

const store = new InvokeStore();

class JSONStringifyError extends Error {
  constructor() {
    super('Unable to stringify response body');
    this.name = 'Runtime.JSONStringifyError';
  }
}

class InvalidStreamingOperation extends Error {
  constructor(message) {
    super(message);
    this.name = 'Runtime.InvalidStreamingOperation';
  }
}

/** Loads the handler, then handles events for ever. */
export async function run() {
  offerGlobal({ InvokeStore: store });
  patchConsole(
    { requestId: () => store.getRequestId(), tenantId: () => store.getTenantId() },
    { searchesMessage: false },
  );
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API, { showsRefusal: true });
  const processor = await initialise(api);
  for (;;) {
    const { headers, body } = await api.next();
    const event = JSON.parse(body);
    const context = contextOf(headers);
    const ids = { requestId: requestIdOf(headers), traceId: traceIdOf(headers), tenantId: tenantIdOf(headers) };
    await store.runFor(ids, () => processor.processInvoke(context, event));
  }
}

async function initialise(api) {
  try {
    const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
    return streams(handler) ? new StreamingInvokeProcessor(api, handler) : new BufferedInvokeProcessor(api, handler);
  } catch (error) {
    logError('Init Error', error);
    await api.reportInitError(documentOf(error));
    throw error;
  }
}

/** Calls a handler that returns its answer; it sees this object as `this`. */
class BufferedInvokeProcessor {
  constructor(api, handler) {
    this.api = api;
    this.handler = handler;
  }

  async processInvoke(context, event) {
    const id = context.awsRequestId;
    const answered = await this.answerOf(event, context);
    await afterWhatIsDue();
    if (answered.error === undefined) {
      await this.api.answer(id, answered.json);
    } else {
      logError('Invoke Error', answered.error.thrown);
      await this.api.answerError(id, documentOf(answered.error.thrown));
    }
  }

  async answerOf(event, context) {
    try {
      return { json: jsonOf(await this.handler(event, context)) };
    } catch (thrown) {
      return { error: { thrown } };
    }
  }
}

/** Calls a handler that streams its answer; it sees this object as `this`. */
class StreamingInvokeProcessor {
  constructor(api, handler) {
    this.api = api;
    this.handler = handler;
  }

  async processInvoke(context, event) {
    const bufferBytes = highWaterMark(this.handler);
    const answer = new StreamedAnswer(this.api, context.awsRequestId, bufferBytes, InvalidStreamingOperation);
    try {
      await this.stream(answer, context, event);
    } catch (error) {
      await afterWhatIsDue();
      logError('Invoke Error', error);
      await new Promise((done) => answer.fail(documentOf(error), done));
    }
  }

  async stream(answer, context, event) {
    const result = this.handler(event, answer.stream, context);
    if (typeof result?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
    if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
    await answer.accepted;
    if (!answer.stream.writableFinished) throw new Error('Response stream is not finished.');
  }
}

/** Lets run what is due now: log lines of a promise that nobody awaits still belong to this event. */
function afterWhatIsDue() {
  return new Promise((resolve) => setImmediate(resolve));
}

function contextOf(headers) {
  exportTraceId(headers);
  return { ...headerData(headers, { xRayTraceId: traceIdOf(headers) ?? '' }), ...environmentData() };
}

function logError(title, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  explainMissingModule(error);
  if (logsJson()) {
    console.error(error);
  } else {
    console.error(title, errorLine(error, documentOf));
  }
}

/** The JSON text of a handler's result. */
function jsonOf(result) {
  let json;
  try {
    json = JSON.stringify(result === undefined ? null : result);
  } catch {
    // A BigInt, a circle.
    throw new JSONStringifyError();
  }
  // A function, a symbol: there is no text to send, and AWS's client says it like this.
  if (json === undefined) throw new TypeError('Wrong arguments');
  return json;
}
