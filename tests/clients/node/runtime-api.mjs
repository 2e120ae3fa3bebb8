// A Lambda Runtime API for the tests: hands out the given events one by one and records everything that a client posts.

import { createServer } from 'node:http';

/** The id of the event with this index. */
export function requestId(index) {
  return `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
}

/**
 * Serves `events` on 127.0.0.1. The result has `address` (host:port), `posts` (what arrived), `drained` (a promise: all
 * events are answered, and the client has asked for one more) and `close()`.
 */
export async function serve(events, statusOf = () => 202) {
  const posts = [];
  let handedOut = 0;
  let wantsMore = false;
  let drain;
  const drained = new Promise((resolve) => (drain = resolve));
  // AWS's client 4 asks for the next event before the errors of a stream have left.
  const drainIfDone = () => wantsMore && posts.length >= events.length && drain();
  const server = createServer((request, response) => {
    const path = request.url.replace('/2018-06-01/runtime', '');
    if (request.method === 'GET' && path === '/invocation/next') {
      if (handedOut === events.length) {
        wantsMore = true;
        return drainIfDone();
      }
      const event = events[handedOut];
      response.writeHead(200, headersOf(event, requestId(handedOut)));
      handedOut += 1;
      return response.end(event.text ?? JSON.stringify(event.body ?? {}));
    }
    return record(request, path, posts).then((post) => {
      response.writeHead(statusOf(post), { 'content-type': 'application/json' });
      response.end('{"status":"OK"}');
      drainIfDone();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${server.address().port}`,
    posts,
    drained,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function headersOf(event, id) {
  return {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': id,
    'Lambda-Runtime-Deadline-Ms': String(event.deadlineMs ?? Date.now() + 60_000),
    'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:judged',
    ...event.headers,
  };
}

/** Reads a post; one whose sender goes away is recorded as not whole. */
function record(request, path, posts) {
  return new Promise((resolve) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    // What went wrong shows in `complete`.
    request.on('error', () => {});
    request.on('close', () => {
      const { headers } = request;
      const post = {
        path,
        contentType: headers['content-type'],
        mode: headers['lambda-runtime-function-response-mode'],
        errorType: headers['lambda-runtime-function-error-type'],
        body: Buffer.concat(chunks),
        trailers: { ...request.trailers },
        whole: request.complete,
      };
      posts.push(post);
      resolve(post);
    });
  });
}
