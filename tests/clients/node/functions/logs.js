// A handler that writes every kind of line, at load and when called (CommonJS).

console.log('at load');
console.error(new Error('at load'));

class OddError extends RangeError {}

exports.handler = async (event) => {
  console.log();
  console.log('plain');
  console.log('%s is %d years and %j', 'Ann', 42, { a: 1 });
  console.log('two', 'values', 3);
  console.log({ nested: { deep: { deeper: { deepest: 1 } } }, list: [1, 'two'], fn() {} });
  console.log(['a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60)]);
  console.log('line one\nline two\r\nline three');
  console.log(undefined, null, true, 12n, Symbol('s'));
  console.log(undefined);
  console.log(null);
  console.log(5);
  console.log(12n);
  console.log(Symbol('alone'));
  console.log('é \u2028 😀 \x1b[31mred\x1b[0m');
  console.log(new Map([['k', 1]]), new Set([1]), Buffer.from('ab'), new Date(0));
  console.trace('a trace');
  console.debug('a debug line');
  console.info('an info line');
  console.warn('a warning');
  console.error('an error line');
  console.fatal?.('a fatal line');
  console.error(new OddError('alone'));
  console.error('with text', new OddError('second'));
  console.error(new OddError('first'), 'with text');
  console.error('two errors', new Error('one'), new TypeError('two'));
  console.error({ error: new OddError('inside'), at: new Date(0) });
  console.error(Object.assign(new Error('with fields'), { code: 'E_CODE', errorType: 'mine', list: [1] }));
  console.error(new Error('outer', { cause: new Error('inner') }));
  const circle = { name: 'circle' };
  circle.circle = circle;
  console.log(circle);
  console.log('circle:', circle);
  console.table([{ a: 1 }]);
  process.stdout.write('raw out\n');
  process.stderr.write('raw err\n');
  return event;
};
exports.fails = async () => {
  throw new OddError('logged');
};
exports.forEver = async () => {
  setInterval(() => console.log('still here'), 5);
  await new Promise(() => {});
};
