"""Runs AWS's client as a managed runtime does: its own modules first, then the function's folder ahead of everything."""

import os
import sys

if __name__ == "__main__":
    del sys.path[0]
    from awslambdaric.__main__ import main

    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    main([sys.argv[0], os.environ["_HANDLER"]])
