// Uses the store of the current event (nodejs24.x).
exports.handler = async () => {
  const store = awslambda.InvokeStore;
  store.set('own', 'value');
  let protectedKey;
  try {
    store.set(Symbol.for('_AWS_LAMBDA_REQUEST_ID'), 'changed');
  } catch (error) {
    protectedKey = String(error);
  }
  return { requestId: store.getRequestId(), traceId: store.getXRayTraceId(), own: store.get('own'), protectedKey };
};
