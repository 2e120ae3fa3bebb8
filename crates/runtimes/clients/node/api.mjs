// Speaks the Lambda Runtime API, version 2018-06-01: the next event, its answer or error, an error of initialisation.
//
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { spawnSync } from 'node:child_process';
import http from 'node:http';
import { fileURLToPath } from 'node:url';

// The function may replace what `node:http` exports (tracers do): requests to the Runtime API are none of its business.
const { Agent, request } = http;

const ROOT = '/2018-06-01/runtime';
const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const LAST_POST = fileURLToPath(new URL('./last-post.mjs', import.meta.url));

/** The Runtime API at one address. */
export class RuntimeApi {
  #host;
  #port;
  // One connection for what is posted: it arrives in the order in which it is posted. Who waits for an event may still
  // have to report an error, so that has a connection of its own.
  #posting = new Agent({ keepAlive: true, maxSockets: 1 });
  #waiting = new Agent({ keepAlive: true, maxSockets: 1 });
  #showsRefusal;
  #unsent = new Set();

  /**
   * `address` is `host:port`, as in AWS_LAMBDA_RUNTIME_API. `showsRefusal` says whether the line about a refused answer
   * shows what the Runtime API said (client 4 does).
   */
  constructor(address, { showsRefusal }) {
    [this.#host, this.#port] = address.split(':');
    this.#showsRefusal = showsRefusal;
    process.on('exit', () => this.#sendUnsent());
  }

  /** Waits for the next event: its headers, names in lower case, and its body as text. */
  async next() {
    const response = await this.#send('GET', '/invocation/next');
    if (response.status !== 200) {
      throw new Error(`Failed to get next invocation, status ${response.status}: ${response.body}`);
    }
    return { headers: response.headers, body: response.body };
  }

  /** Answers an event with a text of JSON. */
  async answer(id, json) {
    this.#sayIfRefused(await this.#send('POST', `/invocation/${encodeURIComponent(id)}/response`, json));
  }

  /** Answers an event with an error's document. */
  async answerError(id, document) {
    this.#sayIfRefused(await this.#sendError(`/invocation/${encodeURIComponent(id)}/error`, document));
  }

  /** Reports the error that ended the initialisation. */
  async reportInitError(document) {
    await this.#sendError('/init/error', document);
  }

  /** Opens a streamed answer: a request whose headers may still be changed and whose body is not begun. */
  openAnswer(id, headers, highWaterMark) {
    // A connection of its own: an error of the function is reported while this one is still open.
    const agent = new Agent({ keepAlive: true, maxSockets: 1, highWaterMark });
    const path = `${ROOT}/invocation/${encodeURIComponent(id)}/response`;
    return request({ host: this.#host, port: this.#port, method: 'POST', path, headers, agent });
  }

  /** A refused answer (413: too large) ends the event all the same; this is AWS's line about it. */
  #sayIfRefused({ status, body }) {
    if (status >= 200 && status < 300) return;
    const said = this.#showsRefusal ? ` ${body}` : '';
    const text = `Failed to post handler success response. Http response code: ${status}.${said}`;
    process.stdout.write(`[ERROR] [${Date.now()}] LAMBDA_RUNTIME ${text}\n`);
  }

  #sendError(path, document) {
    return this.#send('POST', path, JSON.stringify(document), { [ERROR_TYPE]: headerText(document.errorType) });
  }

  async #send(method, path, body, headers) {
    try {
      return await this.#sendOnce(method, path, body, headers);
    } catch (error) {
      // The other side may have closed the connection while this process slept.
      if (error.code === 'ECONNRESET' && error.onReusedSocket) return this.#sendOnce(method, path, body, headers);
      throw error;
    }
  }

  #sendOnce(method, path, body, more = {}) {
    const agent = method === 'POST' ? this.#posting : this.#waiting;
    const options = { host: this.#host, port: this.#port, method, path: ROOT + path, agent };
    if (body !== undefined) {
      options.headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...more };
    }
    return new Promise((resolve, reject) => {
      const sent = request(options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status, headers } = response;
          resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      if (body !== undefined) this.#watch(sent, { path: options.path, headers: options.headers, body });
      sent.on('error', (error) => reject(Object.assign(error, { onReusedSocket: sent.reusedSocket })));
      sent.end(body);
    });
  }

  /** Knows a post as unsent until the system has all of it. */
  #watch(sent, post) {
    this.#unsent.add(post);
    for (const event of ['finish', 'error']) sent.on(event, () => this.#unsent.delete(post));
  }

  /**
   * The function ends its process right after it answered. AWS's client answers while the function waits; here another
   * process sends what this one can no longer.
   */
  #sendUnsent() {
    for (const { path, headers, body } of this.#unsent) {
      const url = `http://${this.#host}:${this.#port}${path}`;
      const program = [LAST_POST, url, JSON.stringify(headers)];
      const { error } = spawnSync(process.execPath, program, { input: body, env: {} });
      if (error) process.stderr.write(`The last answer of this process is lost: ${error}\n`);
    }
  }
}

/** What of a text may stand in a header. */
function headerText(text) {
  return String(text).replace(/[^\x20-\x7e]/g, '?');
}
