// Writes a function with packages of its own, a layer, a folder of the machine and a folder that is no `node_modules`.

import { cp, mkdir, mkdtemp, writeFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FUNCTIONS } from './sandbox.mjs';

const both = { import: './module.mjs', require: './classic.cjs' };
const FILES = {
  'function/node_modules/dual/package.json': { name: 'dual', exports: both },
  'function/node_modules/dual/module.mjs': `export default 'own, imported';`,
  'function/node_modules/dual/classic.cjs': `module.exports = 'own, required';`,
  'function/node_modules/main-only/package.json': { name: 'main-only', main: 'main.js' },
  'function/node_modules/main-only/main.js': `module.exports = 'own, main';`,
  'layer/node_modules/dual/package.json': { name: 'dual', exports: both },
  'layer/node_modules/dual/module.mjs': `export default 'never reached';`,
  'layer/node_modules/dual/classic.cjs': `module.exports = 'never reached';`,
  'layer/node_modules/layered/package.json': { name: 'layered', exports: { '.': both, './sub': './sub.cjs' } },
  'layer/node_modules/layered/module.mjs': `export default 'layer, imported';`,
  'layer/node_modules/layered/classic.cjs': `module.exports = 'layer, required';`,
  'layer/node_modules/layered/sub.cjs': `module.exports = 'layer, sub';`,
  'layer/node_modules/@scope/named/package.json': { name: '@scope/named', main: 'main.js' },
  'layer/node_modules/@scope/named/main.js': `module.exports = 'layer, scoped';`,
  'layer/node_modules/throws/package.json': { name: 'throws', main: 'main.js' },
  'layer/node_modules/throws/main.js': `require('not-installed');`,
  'machine/node_modules/layered/package.json': { name: 'layered', main: 'main.js' },
  'machine/node_modules/layered/main.js': `module.exports = 'never reached';`,
  'machine/node_modules/@aws-sdk/client-here/package.json': { name: '@aws-sdk/client-here', exports: both },
  'machine/node_modules/@aws-sdk/client-here/module.mjs': `import by from 'by'; export default 'machine, imported, ' + by;`,
  'machine/node_modules/@aws-sdk/client-here/classic.cjs': `module.exports = 'machine, required, ' + require('by');`,
  'machine/node_modules/by/package.json': { name: 'by' },
  'machine/node_modules/by/index.js': `module.exports = 'by itself';`,
  'flat/flat-package/package.json': { name: 'flat-package', main: 'main.js' },
  'flat/flat-package/main.js': `module.exports = 'flat';`,
};

/** Writes all of it into a new folder: the folder and `remove()`. */
export async function writePackages() {
  const root = await mkdtemp(join(tmpdir(), 'node-client-packages-'));
  for (const [path, content] of Object.entries(FILES)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  for (const name of ['required.js', 'module.mjs']) await cp(join(FUNCTIONS, name), join(root, 'function', name));
  return { root, remove: () => rm(root, { recursive: true }) };
}
