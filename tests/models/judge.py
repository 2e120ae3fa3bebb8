"""judge.py RECORDED: holds recorded requests against the published API models and fails on a violation.

RECORDED has one JSON object a line: `step`, `method`, `target`, `headers` (names in lower case), `body` (base64).
"""

import collections
import json
import sys

import botocore

import check
import decode


def judge(request):
    """The operation of a request, and what is wrong with it."""
    try:
        operation, parameters = decode.decode(request)
    except decode.Undecodable as error:
        return None, [("", str(error))]
    shape = operation.input_shape
    if shape is None:
        return operation, [(f".{name}", "unknown") for name in parameters]
    return operation, check.violations(shape, parameters)


def main(path):
    seen, unsigned, wrong = collections.Counter(), 0, []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            request = json.loads(line)
            if not decode.signed_for(request):
                unsigned += 1
                continue
            operation, violations = judge(request)
            where = f"{request['method']} {request['target']}"
            if operation:
                where = f"{operation.service_model.service_name}:{operation.name}"
                seen[where] += 1
            wrong.extend(f"{request['step']}: {where}{at}: {what}" for at, what in violations)
    for line in sorted(set(wrong)):
        print(line)
    print(f"{sum(seen.values())} requests over {len(seen)} operations, judged by botocore {botocore.__version__}:")
    print("  " + " ".join(sorted(seen)))
    print(f"{len(wrong)} violations; {unsigned} requests to the stack's own endpoint are not judged")
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
