// A handler that requires what the event names.
exports.handler = async (event) => ({ required: require(event.name) });
