// What the headers of an event and the environment tell the handler: the data of its context.

const HEADER = 'lambda-runtime-';

/** The id of the event. */
export function requestIdOf(headers) {
  return headers[`${HEADER}aws-request-id`];
}

/** The tenant of the event, if the function isolates tenants. */
export function tenantIdOf(headers) {
  return headers[`${HEADER}aws-tenant-id`];
}

/** The X-Ray trace that the event belongs to. */
export function traceIdOf(headers) {
  return headers[`${HEADER}trace-id`];
}

/** Puts the event's trace where the X-Ray SDK looks for it. */
export function exportTraceId(headers) {
  const traceId = traceIdOf(headers);
  if (traceId) {
    process.env._X_AMZN_TRACE_ID = traceId;
  } else {
    delete process.env._X_AMZN_TRACE_ID;
  }
}

/** The part of the context that comes from the headers; `more` stands between its values and its methods. */
export function headerData(headers, more = {}) {
  const deadlineMs = Number(headers[`${HEADER}deadline-ms`]);
  return {
    clientContext: parsed(headers, 'client-context', 'ClientContext'),
    identity: parsed(headers, 'cognito-identity', 'CognitoIdentity'),
    invokedFunctionArn: headers[`${HEADER}invoked-function-arn`],
    awsRequestId: requestIdOf(headers),
    tenantId: tenantIdOf(headers),
    ...more,
    getRemainingTimeInMillis() {
      return deadlineMs - Date.now();
    },
  };
}

/** The part of the context that comes from the environment. */
export function environmentData() {
  const { env } = process;
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function parsed(headers, header, name) {
  const value = headers[HEADER + header];
  if (!value) return undefined;
  // Node.js reads headers as Latin-1; this one is UTF-8.
  const text = Buffer.from(value, 'latin1').toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error}`);
  }
}
