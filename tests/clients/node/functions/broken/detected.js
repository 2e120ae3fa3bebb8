// An ES module without an ending that says so.
export const handler = async () => "detected";
