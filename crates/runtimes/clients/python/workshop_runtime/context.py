"""What a handler gets beside its event."""

import os
import time

from .errors import Fault

#: Fields of a client context's `w3c` object that `Context.w3c()` shows.
W3C_FIELDS = ("traceparent", "tracestate", "baggage")


def _shown(value, names):
    fields = ",".join(f"{name}={getattr(value, name)}" for name in names)
    return f"{type(value).__name__}([{fields}])"


class _Record:
    """An object whose attributes are some keys of a JSON object; None for those that are not there."""

    __slots__ = ()
    KEYS = ()

    def __init__(self, source):
        for name, key in zip(self.__slots__, self.KEYS or self.__slots__):
            setattr(self, name, source.get(key))

    def __repr__(self):
        return _shown(self, self.__slots__)


class CognitoIdentity(_Record):
    """Who calls, through Amazon Cognito."""

    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")
    KEYS = ("cognitoIdentityId", "cognitoIdentityPoolId")


class Client(_Record):
    """The mobile application that calls."""

    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(_Record):
    """What the caller says of itself (the ClientContext parameter of Invoke)."""

    __slots__ = ("custom", "env", "client")

    def __init__(self, source):
        super().__init__(source)
        self.client = None if self.client is None else Client(self.client)


class LambdaContext:
    """The context object of the Lambda developer guide ("Using the Lambda context object to retrieve Python function
    information")."""

    #: In the order in which `repr` shows them.
    _SHOWN = (
        "aws_request_id log_group_name log_stream_name function_name memory_limit_in_mb function_version "
        "invoked_function_arn client_context identity tenant_id"
    ).split()

    def __init__(self, headers, log):
        client_context = _parsed(headers, "lambda-runtime-client-context", "Client Context")
        identity = _parsed(headers, "lambda-runtime-cognito-identity", "Cognito Identity")
        variable = os.environ.get
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id")
        self.log_group_name = variable("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = variable("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = variable("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = variable("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self._w3c = _taken_w3c(client_context)
        self.client_context = None if client_context is None else ClientContext(client_context)
        self.identity = CognitoIdentity(identity or {})
        self._epoch_deadline_time_in_ms = int(headers.get("lambda-runtime-deadline-ms", 0))
        self._log = log

    def get_remaining_time_in_millis(self):
        """Milliseconds until the function times out; 0 after that."""
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def w3c(self):
        """The W3C trace context of the invocation."""
        return dict(self._w3c)

    def log(self, msg):
        """Writes text to the log as it is."""
        self._log(str(msg))

    def __repr__(self):
        return _shown(self, self._SHOWN)


def _parsed(headers, name, title):
    text = headers.get(name)
    if not text:
        return None
    import json

    try:
        return json.loads(text)
    except ValueError as error:
        raise Fault("LambdaContextUnmarshalError", f"Unable to parse {title} JSON: {error}") from None


def _taken_w3c(client_context):
    """Removes `w3c` from a client context and returns what of it is known."""
    taken = client_context.pop("w3c", None) if isinstance(client_context, dict) else None
    if not isinstance(taken, dict):
        return {}
    return {name: taken[name] for name in W3C_FIELDS if isinstance(taken.get(name), str)}
