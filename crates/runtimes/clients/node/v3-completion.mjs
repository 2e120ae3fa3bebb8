// How a handler with a callback ends its event: callback, context.done, succeed and fail; the first of them counts.

const ANSWERED_TWICE =
  'Invocation has already been reported as done. Cannot call complete more than once per invocation.';

/**
 * The ways to end one event. `answer` and `fail` report its result or error; `whenLoopEnds` sets what happens once
 * nothing is left to do in this process.
 */
export function completion({ answer, fail, whenLoopEnds }) {
  let ended = false;
  let answered = false;
  let waitsForLoop = true;

  const complete = (result) => {
    if (answered) {
      console.error(ANSWERED_TWICE);
      return;
    }
    answered = true;
    answer(result);
  };
  const end = (error, result, waits) => {
    whenLoopEnds();
    if (error !== undefined && error !== null) {
      fail(error);
    } else if (waits) {
      whenLoopEnds(() => setImmediate(() => complete(result)));
    } else {
      complete(result);
    }
  };
  const once =
    (action) =>
    (...values) => {
      if (ended) return;
      // An action that throws (its result has no JSON) has not ended the event: the error may still do that.
      action(...values);
      ended = true;
    };

  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waitsForLoop;
    },
    set callbackWaitsForEmptyEventLoop(waits) {
      waitsForLoop = waits;
    },
    succeed: once((result) => end(null, result, false)),
    fail: once((error) => end(error ?? 'handled', null, false)),
    done: once((error, result) => end(error, result, false)),
  };
  return {
    context,
    callback: once((error, result) => end(error, result, waitsForLoop)),
    /** Notes that the event was answered otherwise. */
    markAnswered() {
      answered = true;
    },
  };
}
