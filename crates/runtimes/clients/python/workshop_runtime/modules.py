"""Where modules are found: the function's own first, the standard library, then those that Lambda provides."""

import os
import sys
from importlib.machinery import PathFinder

#: Names the folder with the modules that Lambda provides; empty for none. Where it is not set, the machine's site-packages
#: take their place.
MODULES_VARIABLE = "WORKSHOP_PYTHON_MODULES"

#: Modules that Lambda's Python runtimes have beside the standard library.
PROVIDED = frozenset(
    "awslambdaric boto3 botocore dateutil jmespath s3transfer simplejson six snapshot_restore_py urllib3".split()
)

#: Modules of the standard library that AWS's client has imported before it imports the handler. There, a function's own
#: module of the same name is never found; so that it is not found here either, these come from the standard library.
PINNED = frozenset(
    "__future__ _colorize _collections_abc _weakrefset abc codecs collections contextlib copyreg decimal enum "
    "functools genericpath importlib io json keyword linecache logging math numbers operator os posixpath re reprlib "
    "sre_compile sre_constants sre_parse stat string textwrap threading token tokenize traceback types warnings weakref".split()
)


def arrange(task_root, set_up_logging):
    """Puts the path in order, and has `set_up_logging` called as soon as anything imports `logging`."""
    # PYTHONPATH comes before the standard library and belongs to the function.
    own = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    standard_library = [path for path in sys.path if path not in own]
    folder = os.environ.pop(MODULES_VARIABLE, None)
    if sys.flags.no_site:
        _start_site(with_machines_packages=folder is None)
    sys.path.insert(0, task_root)
    if folder:
        sys.path.append(folder)
    if "logging" in sys.modules:
        set_up_logging()
    sys.meta_path.insert(0, _PinnedFinder(standard_library, set_up_logging))


def missing_provided(error):
    """The name of the module that Lambda provides and this machine does not have, if the error is about one."""
    if not isinstance(error, ModuleNotFoundError):
        return None
    name = (error.name or "").partition(".")[0]
    return name if name in PROVIDED else None


def _start_site(with_machines_packages):
    import site

    if with_machines_packages:
        site.main()
        return
    # What `site` adds to the builtins: `exit`, `quit`, `copyright`, `credits`, `license`, `help`.
    site.setquit()
    site.setcopyright()
    site.sethelper()


class _PinnedFinder:
    """Finds the pinned modules in the standard library, whatever the function's folder has."""

    def __init__(self, standard_library, set_up_logging):
        self._standard_library = standard_library
        self._set_up_logging = set_up_logging

    def find_spec(self, name, path=None, target=None):
        if name not in PINNED:
            return None
        spec = PathFinder.find_spec(name, self._standard_library, target)
        if spec is not None and name == "logging":
            spec.loader = _LoggingLoader(spec.loader, self._set_up_logging)
        return spec


class _LoggingLoader:
    """Loads `logging`, then sets it up: most of a small function's start-up would be this import, if it were always made."""

    def __init__(self, loader, set_up):
        self._loader = loader
        self._set_up = set_up

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._set_up()
