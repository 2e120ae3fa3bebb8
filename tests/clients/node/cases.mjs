// What is compared with AWS's clients: handlers of `functions/`, the events they get, and how the process ends.

const EVENT = { body: { key: 'value', list: [1, null, 'é'] } };
const LARGE = { body: 'é'.repeat(2_500_000) };
const V3 = [20, 22];
const V4 = [24];
const ALL = [...V3, ...V4];

/** Cases of one file: `name` or [`name`, overrides] each. */
function cases(module, runtimes, names) {
  return names.map((entry) => {
    const [name, more] = Array.isArray(entry) ? entry : [entry, {}];
    return { name: `${module}.${name}`, handler: `${module}.${name}`, events: [EVENT], runtimes, ...more };
  });
}

const ENDS = { ends: true };
const TWICE = { events: [EVENT, EVENT] };
const JSON_LOG = { AWS_LAMBDA_LOG_FORMAT: 'JSON' };
const QUIET = { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: '1' };

const CLIENT_CONTEXT = {
  'Lambda-Runtime-Client-Context': Buffer.from('{"custom":{"é":"ü"}}').toString('latin1'),
  'Lambda-Runtime-Cognito-Identity': '{"cognitoIdentityId":"id","cognitoIdentityPoolId":"pool"}',
  'Lambda-Runtime-Trace-Id': 'Root=1-5e1b4151-43a0913a12345678901234567;Parent=1;Sampled=0',
};

const results = [
  ...cases('results', ALL, [
    ['echo', TWICE],
    'plain',
    'undefinedResult',
    'nullResult',
    'number',
    'text',
    'date',
    'toJson',
    ['bigint', TWICE],
    'circular',
    ['functionResult', TWICE],
    ['symbolResult', TWICE],
    'promise',
    'thenable',
    'rejectingThenable',
    'receiver',
    'huge',
    ['exits', ENDS],
    ['exitsCleanly', ENDS],
    'syncUnanswered',
    ['context', { events: [EVENT, { ...EVENT, headers: CLIENT_CONTEXT }] }],
  ]),
  { name: 'results.echo, large', handler: 'results.echo', events: [LARGE, LARGE], runtimes: ALL },
  {
    name: 'results.echo, no object',
    handler: 'results.echo',
    events: [{ body: 5 }, { text: '"text"' }, { text: 'null' }],
    runtimes: ALL,
  },
  { name: 'results.huge, refused', handler: 'results.huge', events: [EVENT, EVENT], runtimes: ALL, status: () => 413 },
  ...cases('results', V3, [
    'done',
    ['doneError', TWICE],
    'succeed',
    'succeedLater',
    'fail',
    'failEmpty',
    'failText',
    'promiseNeverSettles',
    ['answersAndExits', ENDS],
    ['failsAndExits', ENDS],
  ]),
  ...cases('results', V3, [
    'callback',
    ['callbackLater', TWICE],
    'callbackWaits',
    'callbackDoesNotWait',
    'callbackTwice',
    ['callbackError', TWICE],
    'callbackText',
    'callbackObject',
    ['callbackBigint', ENDS],
    'callbackBigintNow',
    ['callbackNever', TWICE],
    'callbackAndPromise',
    ['callsBackAndExits', ENDS],
  ]).map((test) => ({ ...test, env: QUIET })),
  ...cases('results', V4, [
    ['callback', ENDS],
    ['done', TWICE],
    ['asyncNeverSettles', ENDS],
    ['promiseNeverSettles', ENDS],
    ['callbackAndPromise', ENDS],
  ]),
];

const errors = [
  ...cases('errors', ALL, [
    ['throwsSync', TWICE],
    'rejects',
    'rejectsLater',
    'custom',
    'unnamed',
    'text',
    'number',
    'object',
    'nothing',
    'undefinedThrown',
    'bigint',
    'errorLike',
    'cause',
    'aggregate',
    'circular',
    'bigintField',
    'withToJson',
    'noStack',
    'multiline',
    'reference',
    'require',
    'throwsSyncNothing',
    ['uncaughtLater', ENDS],
    ['unhandled', ENDS],
    ['unhandledText', ENDS],
    ['unhandledAfterAnswer', { ...TWICE, ...ENDS }],
  ]),
  ...cases('errors', V4, ['symbol', 'strangeGetter']),
  ...cases('errors', V3, ['strangeGetter', ['fromTimer', { env: QUIET }]]),
  ...['rejects', 'custom', 'text', 'cause', 'circular', 'withToJson'].map((name) => ({
    name: `errors.${name}, JSON`,
    handler: `errors.${name}`,
    events: [EVENT],
    runtimes: ALL,
    env: JSON_LOG,
  })),
  ...['uncaughtLater', 'unhandled'].map((name) => ({
    name: `errors.${name}, JSON`,
    handler: `errors.${name}`,
    events: [EVENT],
    runtimes: ALL,
    env: JSON_LOG,
    ends: true,
  })),
];

const logs = ['Text', 'JSON'].flatMap((format) => [
  ...['', 'TRACE', 'warn', 'FATAL', 'strange'].map((level) => ({
    name: `logs.handler, ${format}, level ${level || 'not set'}`,
    handler: 'logs.handler',
    events: [EVENT, EVENT],
    runtimes: ALL,
    env: { AWS_LAMBDA_LOG_FORMAT: format, ...(level && { AWS_LAMBDA_LOG_LEVEL: level }) },
  })),
  {
    name: `logs.handler, ${format}, to telemetry`,
    handler: 'logs.handler',
    events: [EVENT],
    runtimes: ALL,
    env: { AWS_LAMBDA_LOG_FORMAT: format, _LAMBDA_TELEMETRY_LOG_FD: '3' },
  },
  {
    name: `logs.fails, ${format}`,
    handler: 'logs.fails',
    events: [EVENT],
    runtimes: ALL,
    env: { AWS_LAMBDA_LOG_FORMAT: format },
  },
]);

const streams = cases('streams', ALL, [
  ['writes', TWICE],
  'pipes',
  'http',
  'nothing',
  ['throwsBefore', TWICE],
  'throwsAfter',
  'throwsText',
  'notAsync',
  'throwsAtOnce',
  'lateContentType',
  'returns',
  'later',
  'contextKeys',
  'highWaterMark',
  'global',
  'brokenSource',
  'endsAfterReturn',
  'backPressure',
  ['uncaught', ENDS],
]);

function loaded(handler, more = {}) {
  return {
    name: `${more.folder ? `${more.folder}: ` : ''}${handler}`,
    handler,
    events: [EVENT],
    runtimes: ALL,
    ...more,
  };
}

const loads = [
  loaded('bare.handler'),
  loaded('bare.handler', { name: 'bare.handler, no global', env: { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: 'true' } }),
  ...[
    'module.handler',
    'module.nested.deeper.handler',
    'classic.handler',
    'classic.a.b.c',
    'dir/nested.handler',
    'dir/sub/deep.handler',
    'esm/index.handler',
    'esm/classic.handler',
    './module.handler',
    'module.rejects',
  ].map((handler) => loaded(handler)),
  ...[
    'module.missing',
    'module.notAFunction',
    'module',
    'absent.handler',
    'dir/absent.handler',
    '../functions/module.handler',
    '.handler',
    'module.',
    'module..handler',
    'classic.a.b',
    'classic.a.x.y',
    'dir.handler',
    'module.fromDefault',
    'assigned.handler',
  ].map((handler) => loaded(handler, { ends: !['assigned.handler'].includes(handler) })),
  ...[
    'syntax',
    'syntax-module',
    'detected',
    'missing',
    'missing-module',
    'relative',
    'relative-module',
    'throws',
    'throws-text',
    'exits',
  ].map((name) => loaded(`${name}.handler`, { folder: 'broken', ends: true })),
  loaded('requires-module.handler', { folder: 'broken', events: [EVENT, EVENT] }),
  ...['rejects', 'never', 'no-export'].map((name) => loaded(`${name}.handler`, { folder: 'broken', ends: true })),
  loaded('missing.handler', { folder: 'broken', env: JSON_LOG, ends: true, name: 'broken: missing.handler, JSON' }),
];

/** Modules of a layer (NODE_PATH): AWS's client finds them by `require` alone under a Node.js that is not AWS's. */
const LAYER = ['layered', 'layered/sub', '@scope/named', 'flat-package', 'throws'];
const NAMES = ['dual', 'main-only', ...LAYER, 'absent', 'node:path', './nowhere'];
const packages = ['required.handler', 'module.imports'].map((handler) => ({
  name: `packages: ${handler}`,
  folder: 'packages',
  handler,
  events: NAMES.filter((name) => handler === 'required.handler' || !LAYER.includes(name)).map((name) => ({
    body: { name },
  })),
  runtimes: ALL,
  layer: true,
}));

export const CASES = [...results, ...errors, ...logs, ...streams, ...loads, ...packages];
