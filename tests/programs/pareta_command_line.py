"""The command line of the platform's own client, 0.3 and 3.0: every command that it has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pareta

IS_OLD = pareta.__version__.startswith("0.")
PROMPT = "read vendor and total from each invoice"
TASK = "invoice-extraction"


def run(*arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("pareta")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def read(*arguments: str) -> Any:
    return json.loads(run("--json", *arguments))


def endpoints() -> None:
    run("endpoints", "deploy", "--task", TASK, "--name", "ep-shell")
    assert read("endpoints", "deploy", "--task", TASK, "--name", "ep-shell-2", "--wait")["status"] == "live"
    assert {found["id"] for found in read("endpoints", "list")} >= {"ep-shell", "ep-shell-2"}
    assert read("endpoints", "show", "ep-shell")["taskName"] == TASK
    assert "No model" in run("chat", "Invoice 2041", "--model", "ep-shell")
    assert read("endpoints", "metrics", "ep-shell")["requests"] == 1
    assert read("endpoints", "cost", "ep-shell")["savings_micro_usd"] > 0
    run("endpoints", "stop", "ep-shell")
    run("endpoints", "start", "ep-shell")
    run("endpoints", "delete", "ep-shell", "--yes")
    assert read("tasks", "leaderboard", TASK)["recommended"]
    run("tasks", "recommended", TASK)


def newest() -> None:
    assert read("rerank", "parties", "Deliveries are on Tuesdays.", "The parties are Acme.")["results"][0]["index"] == 1
    run("embed", "one", "two", "--type", "query", "--out", "vectors.jsonl")
    assert len(Path("vectors.jsonl").read_text().splitlines()) == 2
    run("image", "a lighthouse", "--size", "2048x2048", "--seed", "7", "--out", "lighthouse.png")
    run("image-edit", "lighthouse.png", "at dawn", "--out", "dawn.png")
    assert Path("dawn.png").read_bytes()[:4] == b"\x89PNG"
    assert read("auto", "metrics")["requests_30d"] >= 1
    assert read("auto", "compare", "Hello")["frontier"]["content"]


def evals() -> None:
    Path("rows.jsonl").write_text(json.dumps({"input": "Invoice 2041, 54.00 EUR", "expected": {"total": "54.00"}}))
    prompt = () if IS_OLD else ("--prompt", PROMPT)
    eval_set = read("evals", "sets", "create", "--task", TASK, "--file", "rows.jsonl", *prompt)["id"]
    assert eval_set in {found["id"] for found in read("evals", "sets", "list")}
    assert read("evals", "sets", "show", eval_set)["item_count"] == 1
    done = read("evals", "run", "--eval-set", eval_set, "--models", "invoice-kie-1", "--frontier", "--wait")
    assert done["run"]["status"] == "completed"
    run("evals", "sets", "delete", eval_set, "--yes")


def main() -> None:
    assert TASK in {task["id"] for task in read("tasks", "list")}
    assert read("tasks", "match", "read invoices")["chosen"]["task_id"] == TASK
    assert read("tasks", "show", TASK)["id"] == TASK
    assert read("models", "list")
    assert read("chat", "Hello")["choices"]
    assert "No model" in run("chat", "Hello", "--stream")
    run("audio", "speak", "Hello there", "--out", "speech.wav")
    assert read("audio", "transcribe", "speech.wav")["text"] == "Hello there"
    evals()
    endpoints() if IS_OLD else newest()
    print("done with pareta", pareta.__version__)


if __name__ == "__main__":
    main()
