// Handlers that fail in every way (CommonJS).

class CustomError extends Error {
  constructor(message) {
    super(message);
    this.name = 'CustomError';
    this.code = 'E_CUSTOM';
    this.extra = { deep: [1, 2] };
  }
}
class Unnamed extends Error {}

exports.throwsSync = () => {
  throw new Error('thrown at once');
};
exports.throwsSyncNothing = () => {
  throw null;
};
exports.rejects = async () => {
  throw new Error('rejected');
};
exports.rejectsLater = async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  throw new TypeError('rejected later');
};
exports.custom = async () => {
  throw new CustomError('with code');
};
exports.unnamed = async () => {
  throw new Unnamed('no name of its own');
};
exports.text = async () => {
  throw 'a text';
};
exports.number = async () => {
  throw 42;
};
exports.object = async () => {
  throw { some: 'object' };
};
exports.nothing = async () => {
  throw null;
};
exports.undefinedThrown = async () => {
  throw undefined;
};
exports.symbol = async () => {
  throw Symbol('thrown');
};
exports.bigint = async () => {
  throw 12n;
};
exports.errorLike = async () => {
  throw { name: 'Like', message: 'looks like an error', stack: 'Like: looks like an error\n    at nowhere' };
};
exports.cause = async () => {
  throw new Error('outer', { cause: new RangeError('inner') });
};
exports.aggregate = async () => {
  throw new AggregateError([new Error('one'), new Error('two')], 'several');
};
exports.circular = async () => {
  const error = new Error('refers to itself');
  error.self = error;
  throw error;
};
exports.bigintField = async () => {
  throw Object.assign(new Error('with a big field'), { big: 1n });
};
exports.withToJson = async () => {
  throw Object.assign(new Error('tells itself'), { toJSON: () => ({ told: true }) });
};
exports.noStack = async () => {
  const error = new Error('without stack');
  delete error.stack;
  throw error;
};
exports.strangeGetter = async () => {
  const error = new Error('getter');
  Object.defineProperty(error, 'message', {
    get() {
      throw new Error('no message');
    },
  });
  throw error;
};
exports.multiline = async () => {
  throw new Error('first line\nsecond line \x7f \t tab é');
};
exports.reference = async () => missingName;
exports.require = async () => require('not-installed/sub');
exports.requireSdk = async () => require('@aws-sdk/client-not-here');
exports.uncaughtLater = async () => {
  setTimeout(() => {
    throw new Error('nobody catches it');
  }, 5);
  await new Promise(() => setTimeout(() => {}, 3_600_000));
};
exports.unhandled = async () => {
  Promise.reject(new Error('nobody handles it'));
  await new Promise(() => setTimeout(() => {}, 3_600_000));
};
exports.unhandledText = async () => {
  Promise.reject('a rejected text');
  await new Promise(() => setTimeout(() => {}, 3_600_000));
};
exports.unhandledAfterAnswer = async () => {
  Promise.reject(new Error('left behind'));
  return 'answered';
};
exports.fromTimer = (event, context, callback) => {
  setTimeout(() => callback(new Error('from a timer')), 5);
};
exports.betweenEvents = async () => {
  setTimeout(() => {
    throw new Error('between events');
  }, 100);
  return 'answered';
};
