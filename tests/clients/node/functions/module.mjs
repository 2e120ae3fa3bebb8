// Handlers in an ES module with a top-level await.

const loaded = await Promise.resolve('loaded');

export const handler = async (event) => ({ event, loaded, meta: typeof import.meta.url });
export const nested = { deeper: { handler: async () => 'nested' } };
export default { fromDefault: async () => 'from the default export' };
export const notAFunction = 'text';
export const rejects = async () => {
  throw new Error('rejected in a module');
};
export const imports = async (event) => {
  const found = await import(event.name);
  return { exported: Object.keys(found).sort(), default: found.default };
};
