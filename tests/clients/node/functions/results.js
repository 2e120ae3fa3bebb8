// Handlers of every form, with results of every kind (CommonJS).

exports.echo = async (event) => event;
exports.plain = (event) => ({ plain: event });
exports.undefinedResult = async () => undefined;
exports.nullResult = async () => null;
exports.number = async () => 1.5;
exports.text = async () => 'é "quoted" \u2028';
exports.date = async () => ({ at: new Date(0), missing: undefined, nan: NaN, list: [undefined, () => 1] });
exports.toJson = async () => ({ toJSON: () => ({ from: 'toJSON' }) });
exports.bigint = async () => ({ big: 1n });
exports.circular = async () => {
  const circle = {};
  circle.circle = circle;
  return circle;
};
exports.functionResult = async () => () => 1;
exports.symbolResult = async () => Symbol('s');
exports.promise = (event) => Promise.resolve({ promised: event });
exports.thenable = () => ({ then: (resolve) => resolve('from a thenable') });
exports.rejectingThenable = () => ({ then: (_resolve, reject) => reject(new Error('thenable rejects')) });

exports.callback = (event, context, callback) => callback(null, { called: event });
exports.callbackLater = (event, context, callback) => {
  setTimeout(() => callback(null, 'later'), 5);
};
exports.callbackWaits = (event, context, callback) => {
  setTimeout(() => console.log('still running'), 20);
  callback(null, 'waited');
};
exports.callbackDoesNotWait = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  setTimeout(() => {}, 3_600_000);
  callback(null, 'did not wait');
};
exports.callbackTwice = (event, context, callback) => {
  callback(null, 'first');
  callback(null, 'second');
  callback(new Error('third'));
};
exports.callbackError = (event, context, callback) => callback(new TypeError('called back'));
exports.callbackText = (event, context, callback) => callback('only a text');
exports.callbackObject = (event, context, callback) => callback({ code: 7 });
exports.callbackBigint = (event, context, callback) => callback(null, 1n);
exports.callbackBigintNow = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  callback(null, 1n);
};
exports.callbackNever = (event, context, callback) => {
  void callback;
};
exports.callbackAndPromise = async (event, context, callback) => {
  callback(null, 'by callback');
  return 'by promise';
};
exports.done = (event, context) => context.done(null, 'done');
exports.doneError = (event, context) => context.done(new RangeError('done with an error'));
exports.succeed = (event, context) => context.succeed('succeeded');
exports.succeedLater = (event, context) => {
  setTimeout(() => context.succeed('succeeded later'), 5);
};
exports.fail = (event, context) => context.fail(new Error('failed'));
exports.failEmpty = (event, context) => context.fail();
exports.failText = (event, context) => context.fail('text');
exports.syncUnanswered = () => {};
exports.asyncNeverSettles = async () => new Promise(() => {});
exports.promiseNeverSettles = () => new Promise(() => {});
exports.huge = async () => 'x'.repeat(7_000_000);
exports.exits = async () => process.exit(3);
exports.exitsCleanly = async () => process.exit(0);
exports.answersAndExits = (event, context) => {
  context.succeed('answered');
  process.exit(0);
};
exports.failsAndExits = (event, context) => {
  context.fail(new Error('failed at last'));
  process.exit(4);
};
exports.callsBackAndExits = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  callback(null, 'x'.repeat(5_000_000));
  process.exit(0);
};
exports.receiver = function receiver() {
  return Promise.resolve(typeof this);
};
exports.context = async (event, context) => ({
  context,
  keys: Object.keys(context),
  functions: Object.keys(context).filter((key) => typeof context[key] === 'function'),
  remaining: typeof context.getRemainingTimeInMillis() === 'number' && context.getRemainingTimeInMillis() > 0,
  traceId: process.env._X_AMZN_TRACE_ID ?? null,
  workshop: Object.keys(process.env).filter((name) => name.startsWith('WORKSHOP') || name.includes('TELEMETRY')),
});
