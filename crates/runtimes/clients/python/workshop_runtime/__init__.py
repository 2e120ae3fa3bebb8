"""Runs Python functions: asks the Lambda Runtime API for events, calls the handler, and answers as AWS's runtime does.

Answers, error documents and log lines follow `awslambdaric`, AWS's runtime interface client for Python; the code is our own.
What is imported here is what every start-up pays for, so modules that most invocations do without (`json`, `logging`,
`traceback`, `socket`) are imported where they are needed."""
