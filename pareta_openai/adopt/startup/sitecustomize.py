"""What Python starts with where `pareta-openai run` has put this folder on its path, and so in every child too."""

import sys
from importlib import import_module
from pathlib import Path


def _start_the_next() -> None:
    """Python imports one module of this name, and the environment may have its own."""
    this = sys.modules.pop(__name__)
    try:
        import_module(__name__)
    except ModuleNotFoundError as error:
        if error.name != __name__:
            raise
        sys.modules[__name__] = this


def _install() -> None:
    try:
        from pareta_openai.adopt.installing import install
    except ModuleNotFoundError as error:
        if error.name != "pareta_openai":
            raise
        print(
            f"pareta-openai run: {sys.executable} has no pareta_openai, so what it runs is not on Pareta.",
            file=sys.stderr,
        )
    else:
        install()


_HERE = Path(__file__).parent
sys.path[:] = [entry for entry in sys.path if Path(entry) != _HERE]
_install()
_start_the_next()
