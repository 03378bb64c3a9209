"""The MCP server of the platform's own client, 0.3 and 3.0: every tool that it has, as an agent calls them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pareta
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

TASK = "invoice-extraction"
ROWS = [{"input": "Invoice 2041, 54.00 EUR", "expected": {"total": "54.00"}}]
PROMPT = "read vendor and total from each invoice"


def calls(tools: set[str]) -> dict[str, dict[str, Any]]:
    """In an order in which each has what it needs."""
    endpoint = {"endpoint_id": "ep-agent"}
    asked = {
        "match_task": {"query": "read invoices"},
        "list_tasks": {},
        "get_task": {"task_id": TASK},
        "get_leaderboard": {"task_id": TASK},
        "recommended_model": {"task_id": TASK},
        "list_models": {},
        "deploy_endpoint": {"task": TASK, "name": "ep-agent"},
        "list_endpoints": {},
        "get_endpoint": endpoint,
        "endpoint_metrics": endpoint,
        "endpoint_cost": endpoint,
        "stop_endpoint": endpoint,
        "start_endpoint": endpoint,
        "delete_endpoint": endpoint,
        "chat": {"prompt": "Hello"},
        "auto_metrics": {},
        "compare_frontier": {"prompt": "Hello"},
        "speak": {"text": "Hello there", "out_path": "speech.wav"},
        "transcribe": {"path": "speech.wav"},
        "rerank": {"query": "parties", "documents": ["Deliveries", "The parties are Acme."]},
        "embed": {"texts": ["one", "two"]},
        "generate_image": {"prompt": "a fox", "path": "fox.png"},
        "edit_image": {"image_path": "fox.png", "prompt": "a red scarf", "output_path": "scarf.png"},
        "run_eval": {"task": TASK, "items": ROWS, "models": ["invoice-kie-1"], "prompt": PROMPT},
    }
    if "generate_image" not in tools:
        del asked["run_eval"]["prompt"]
    return {name: arguments for name, arguments in asked.items() if name in tools}


async def main() -> None:
    server = StdioServerParameters(command=str(Path(sys.executable).with_name("pareta-mcp")), env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = {tool.name for tool in (await session.list_tools()).tools}
        asked = calls(tools)

        async def call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
            answer = await session.call_tool(name, arguments)
            assert not answer.isError, (name, answer)
            said: dict[str, Any] = json.loads(answer.content[0].text)
            assert "error" not in said, (name, said)
            return said

        for name, arguments in asked.items():
            run = await call(name, arguments)
        assert run["run"]["status"] == "completed"
        await call("get_eval_run", {"run_id": run["run"]["id"]})
        assert tools - asked.keys() <= {"get_eval_run", "propose_contract"}, tools - asked.keys()
    print("done with pareta", pareta.__version__)


if __name__ == "__main__":
    asyncio.run(main())
