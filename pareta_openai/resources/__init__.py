"""What hangs on the client."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai.resources import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
else:

    def __getattr__(name: str) -> Any:
        """openai's, for `import pareta_openai as openai`."""
        import openai.resources

        return getattr(openai.resources, name)
