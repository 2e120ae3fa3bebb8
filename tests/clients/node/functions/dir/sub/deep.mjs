// A handler in a folder of a folder.
export const handler = async () => 'in a folder of a folder';
