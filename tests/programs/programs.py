"""The programs, what each of them runs on, and what it uses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

_DOCUMENT: dict[str, Any] = json.loads(resources.files("pareta_openai").joinpath("openapi.json").read_text("utf-8"))
_OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation
    for item in _DOCUMENT["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "operationId" in operation
}
_OF_0_3 = {name for name, operation in _OPERATIONS.items() if "x-platform" not in operation}
_OF_3_0 = {name for name, operation in _OPERATIONS.items() if "x-platform-may-lack" not in operation}
_AUTO_AND_SOUND = {"autoMetrics", "askFrontierModel", "transcribeAudio", "createSpeech"}
_OPENAIS_OWN = {"createChatCompletion", "listModels", "createEmbeddings", "generateImages", "editImages"}
# What neither the command line nor the MCP server has a word for.
_AGENTS = _OPERATIONS.keys() - {
    *("attachBlob", "createBlobUploadUrl", "uploadBlob", "completeBlobUpload", "proposeEvalContract"),
    *("endpointUptime", "endpointQuality", "endpointActivity"),
    *("listEvalSets", "retrieveEvalSet", "deleteEvalSet", "listFrontierModels"),
}


@dataclass(frozen=True)
class Program:
    """`client` is the package and version, `platforms` the generations it runs on: None is all that there is.

    `uses` is what it has to have asked the platform for.
    """

    file: str
    client: str
    platforms: tuple[str | None, ...]
    uses: set[str]


PROGRAMS = [
    Program("pareta_endpoints.py", "pareta-0.3.1", ("0.3", None), _OF_0_3),
    Program("pareta_auto.py", "pareta-0.3.1", ("3.0", None), _AUTO_AND_SOUND),
    Program("pareta_auto.py", "pareta-3.0.4", ("3.0", None), _AUTO_AND_SOUND),
    Program("pareta_newest.py", "pareta-3.0.4", ("3.0", None), _OF_3_0 - _AUTO_AND_SOUND),
    Program("pareta_command_line.py", "pareta-0.3.1", (None,), _OF_0_3 & _AGENTS),
    Program("pareta_command_line.py", "pareta-3.0.4", ("3.0", None), _OF_3_0 & _AGENTS),
    Program("pareta_mcp.py", "pareta-0.3.1", (None,), _OF_0_3 & _AGENTS),
    Program("pareta_mcp.py", "pareta-3.0.4", ("3.0", None), _OF_3_0 & _AGENTS),
    Program("openai_client.py", "openai-2", (None,), _OPENAIS_OWN),
    Program("openai_client.py", "openai-3", (None,), _OPENAIS_OWN),
    Program("openai_client.mjs", "openai-node", (None,), _OPENAIS_OWN),
]
