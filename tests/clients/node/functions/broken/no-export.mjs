import { nothing } from './throws-text.js';
export const handler = nothing;
