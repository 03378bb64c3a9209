"""The application of the Celery worker; its messages and results are files in a folder that the environment names."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery

from tests.workers import calls

FOLDER = Path(os.environ["CELERY_FOLDER"])
for name in ("queue", "control", "read", "results"):
    FOLDER.joinpath(name).mkdir(exist_ok=True)

app = Celery("workers", broker="filesystem://", backend=FOLDER.joinpath("results").as_uri())
app.conf.update(
    broker_transport_options={
        "data_folder_in": str(FOLDER / "queue"),
        "data_folder_out": str(FOLDER / "queue"),
        "control_folder": str(FOLDER / "control"),
        "processed_folder": str(FOLDER / "read"),
        "store_processed": True,  # for a look at what a broker sees
    },
    # The JSON that Celery writes otherwise has of an exception its text alone, and no room for a client.
    task_serializer="pickle",
    result_serializer="pickle",
    accept_content=["pickle"],
)

ask = app.task(calls.ask)
ask_with = app.task(calls.ask_with)
