// An ES module by its package.json.
import { word } from './inner/word.js';

export const handler = async () => word;
