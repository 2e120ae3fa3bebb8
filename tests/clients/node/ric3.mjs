// Starts AWS's runtime interface client 3 as the managed runtimes do.

import { run } from 'ric3';

await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
