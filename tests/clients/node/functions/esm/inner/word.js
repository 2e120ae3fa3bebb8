export const word = 'a module by its package';
