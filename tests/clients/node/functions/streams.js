// Handlers that stream their answers (CommonJS).

const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');

const { streamifyResponse, HttpResponseStream } = awslambda;

exports.writes = streamifyResponse(async (event, stream) => {
  stream.write('one ');
  stream.write(Buffer.from('two '));
  stream.write({ three: 3 });
  stream.end();
});
exports.pipes = streamifyResponse(async (event, stream) => {
  stream.setContentType('text/plain');
  await pipeline(Readable.from(['piped ', JSON.stringify(event)]), stream);
});
exports.http = streamifyResponse(async (event, stream) => {
  const response = HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-test': 'é' } });
  response.write('body');
  response.end();
});
exports.nothing = streamifyResponse(async (event, stream) => {
  stream.end();
});
exports.throwsBefore = streamifyResponse(async () => {
  throw new Error('before the first byte');
});
exports.throwsAfter = streamifyResponse(async (event, stream) => {
  stream.write('begun');
  throw new TypeError('after the first byte');
});
exports.throwsText = streamifyResponse(async () => {
  throw 'a text';
});
exports.notAsync = streamifyResponse((event, stream) => {
  stream.write('x');
});
exports.throwsAtOnce = streamifyResponse(() => {
  throw new Error('at once');
});
exports.lateContentType = streamifyResponse(async (event, stream) => {
  stream.write('x');
  stream.setContentType('text/plain');
});
exports.returns = streamifyResponse(async (event, stream) => {
  stream.write('x');
  stream.end();
  return 'ignored';
});
exports.later = streamifyResponse(async (event, stream) => {
  stream.write('now ');
  setTimeout(() => stream.end('later'), 10);
});
exports.contextKeys = streamifyResponse(async (event, stream, context) => {
  stream.write(JSON.stringify({ context, keys: Object.keys(context), stream: Object.keys(stream).sort() }));
  stream.end();
});
exports.highWaterMark = streamifyResponse(
  async (event, stream) => {
    stream.write(`written`);
    stream.end();
  },
  { highWaterMark: 1024 },
);
exports.global = async () => ({ keys: Object.keys(awslambda).sort() });
exports.uncaught = streamifyResponse(async (event, stream) => {
  stream.write('begun', () => {
    setTimeout(() => {
      throw new Error('nobody catches it');
    }, 100);
  });
  await new Promise(() => setTimeout(() => {}, 3_600_000));
});
exports.brokenSource = streamifyResponse(async (event, stream) => {
  const source = Readable.from(
    (function* numbers() {
      yield 'one';
      throw new RangeError('the source breaks');
    })(),
  );
  await pipeline(source, stream);
});
exports.endsAfterReturn = streamifyResponse(async (event, stream) => {
  stream.write('x');
  setTimeout(() => stream.end(), 20);
});
exports.backPressure = streamifyResponse(async (event, stream) => {
  let drains = 0;
  for (let index = 0; index < 40; index += 1) {
    if (!stream.write('y'.repeat(100_000))) {
      drains += 1;
      await new Promise((resolve) => stream.once('drain', resolve));
    }
  }
  stream.end(drains > 0 ? 'drained' : 'not drained');
});
