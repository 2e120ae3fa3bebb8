"""Finds the handler that a function's configuration names."""

import importlib
import sys

from .errors import Fault, on_aws


def find_handler(name):
    """The object that `module.attribute` names, imported; `/` and `.` both separate packages."""
    try:
        module_name, attribute = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        place = f'  File "{on_aws(str(error.filename))}" Line {error.lineno}\n    {error.text}'
        raise Fault("UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", [place]) from error
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise Fault("HandlerNotFound", f"Handler '{attribute}' missing on module '{module_name}'") from None
