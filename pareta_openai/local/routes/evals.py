"""Evals: sets of rows, the documents that belong to them, and runs of models on them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

# What FastAPI reads forms with, and would miss only with a RuntimeError.
import python_multipart  # noqa: F401
from fastapi import APIRouter, Form, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from pareta_openai.local import blobs, catalogue, eval_runs, eval_sets, evaluation, proposals
from pareta_openai.local.bodies import Body, Integer
from pareta_openai.local.errors import NotAcceptable, TooLarge
from pareta_openai.local.state import State

from .dependencies import CurrentState, IdempotencyKey, KeyRequired, Organisation, RequestId, StorageUrl

router: APIRouter = APIRouter(tags=["Evals"])
newer: APIRouter = APIRouter(tags=["Newer"])
"""Apart: not every generation of the platform has them."""

_LARGEST_UPLOAD = 4 << 30
_OPTIONAL = ("exact_match", "per_item")

_Text = Annotated[str, Field(min_length=1, max_length=256)]
_Mime = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$", max_length=256)]


class FrontierModel(BaseModel):
    id: str
    vendor: str
    vision: bool
    benchmarked: bool


class FrontierModels(BaseModel):
    frontier_models: list[FrontierModel]


class EvalSet(BaseModel):
    id: str
    task_id: str
    name: str
    prompt: str | None
    item_count: int
    scoring_strategy: str
    created_at: int


class OneEvalSet(BaseModel):
    eval_set: EvalSet


class EvalSetList(BaseModel):
    eval_sets: list[EvalSet]


class Evidence(BaseModel):
    """`validated_n` of `total_n` rows have the form of the task's examples."""

    validated_n: int
    total_n: int
    matcher_reason: str
    alternatives: list[str]


class ContractProposal(BaseModel):
    task_id: str
    confidence: str
    evidence: Evidence
    warning: str | None


class Split(BaseModel):
    """A set of which only a part has the form of the closest task."""

    closest_task: str
    validated_n: int
    total_n: int


class Conflict(BaseModel):
    """A prompt that describes another task than the one that the rows have the form of."""

    intended_task: str
    reasoning: str


class ContractProposals(BaseModel):
    prompt: str
    proposals: list[ContractProposal]
    homogeneous: bool
    split: Split | None
    conflict: Conflict | None
    closest_task: str | None
    message: str


class BlobUploadRequest(Body):
    idx: Integer = Field(ge=0)
    field_name: _Text
    mime: _Mime
    file_size: Integer = Field(ge=1, le=_LARGEST_UPLOAD)


class BlobUpload(BaseModel):
    upload_url: str
    storage_uri: str


class BlobUploadComplete(Body):
    idx: Integer = Field(ge=0)
    field_name: _Text
    storage_uri: _Text
    mime: _Mime


class Blob(BaseModel):
    idx: int
    field_name: str
    mime: str
    file_size: int
    sha256: str
    storage_uri: str


class EvalRunRequest(Body):
    eval_set_id: _Text
    candidate_model_ids: list[_Text] = Field(min_length=1, max_length=100)


class EvalRunStarted(BaseModel):
    run_id: str
    status: str


class EvalRunRecord(BaseModel):
    """`simulated`: the candidates' answers are made up, and only the scores are computed from them."""

    id: str
    eval_set_id: str
    status: str
    candidate_model_ids: list[str]
    total_cost_micro_usd: int | None
    error_detail: str | None
    created_at: int
    simulated: bool


class ItemResult(BaseModel):
    idx: int
    score: float | None
    prediction: str | dict[str, Any] | None
    error: str | None


class EvalResult(BaseModel):
    """`per_item` is missing for a set of many rows, and of a very large one `n_scored` rows are scored.

    `exact_match`, in percent, is only there beside a macro-F1.
    """

    model_id: str
    kind: str
    quality_mean: float | None
    quality_ci_low: float | None
    quality_ci_high: float | None
    mean_cost_micro_usd: int | None
    n_succeeded: int
    error_count: int
    n_scored: int
    exact_match: float | None = None
    per_item: list[ItemResult] | None = None


class EvalRun(BaseModel):
    run: EvalRunRecord
    results: list[EvalResult]


@router.get("/eval/frontier-models", dependencies=[KeyRequired])
async def list_frontier_models(task: str | None = None) -> FrontierModels:
    """All of them, or those that can read the input of `task`."""
    wanted = None if task is None else catalogue.require_task(task)
    return FrontierModels(
        frontier_models=[
            FrontierModel(id=model.id, vendor=model.vendor, vision=model.vision, benchmarked=_stands(model.id, wanted))
            for model in catalogue.VENDOR_MODELS.values()
            if wanted is None or model.can_read(wanted)
        ]
    )


@router.post("/eval-sets", status_code=201)
async def create_eval_set(
    items: UploadFile,
    name: Annotated[_Text, Form()],
    state: CurrentState,
    organisation: Organisation,
    task_id: Annotated[str | None, Form(min_length=1)] = None,
    prompt: Annotated[str | None, Form()] = None,
    idempotency_key: IdempotencyKey = None,
) -> OneEvalSet:
    """`items` has a row on each line: ``{"input": …, "expected": …}``.

    Newer platforms want a `prompt`, and with it find the task by themselves.
    """
    if not (prompt and prompt.strip()) and not state.generation.has_endpoints:
        raise NotAcceptable("prompt is required: one sentence that says what the model is to do with each row.")
    if task_id is None:
        task_id = await _task_for(items, prompt, state)
    made = await state.eval_sets.create(
        organisation,
        task_id=task_id,
        name=name,
        prompt=prompt,
        items=items.file,
        idempotency_key=idempotency_key,
        now=state.now(),
    )
    return OneEvalSet(eval_set=_eval_set(made))


@newer.post("/eval-sets/propose-contract")
async def propose_eval_contract(
    items: UploadFile, prompt: Annotated[str, Form(min_length=1)], _: Organisation
) -> ContractProposals:
    """How rows could be scored, by their form and by what the prompt says. Nothing is kept."""
    found = await proposals.propose(items.file, prompt)
    best = found.found[0] if found.found else None
    return ContractProposals(
        prompt=prompt,
        proposals=[
            ContractProposal(
                task_id=proposal.task_id,
                confidence=proposal.confidence,
                evidence=Evidence(
                    validated_n=proposal.validated,
                    total_n=found.total,
                    matcher_reason=proposal.reason,
                    alternatives=[other.task_id for other in found.found if other is not proposal],
                ),
                warning=None,
            )
            for proposal in found.found
        ],
        homogeneous=found.is_homogeneous,
        split=(
            None
            if best is None or found.is_homogeneous
            else Split(closest_task=best.task_id, validated_n=best.validated, total_n=found.total)
        ),
        conflict=None if found.conflict is None else Conflict(intended_task=found.conflict, reasoning=found.message),
        closest_task=found.closest,
        message=found.message,
    )


@router.get("/eval-sets")
async def list_eval_sets(state: CurrentState, organisation: Organisation) -> EvalSetList:
    return EvalSetList(eval_sets=[_eval_set(found) for found in state.eval_sets.list(organisation)])


@router.get("/eval-sets/{eval_set_id}")
async def retrieve_eval_set(eval_set_id: str, state: CurrentState, organisation: Organisation) -> OneEvalSet:
    return OneEvalSet(eval_set=_eval_set(state.eval_sets.get(organisation, eval_set_id)))


@router.delete("/eval-sets/{eval_set_id}", status_code=204)
async def delete_eval_set(eval_set_id: str, state: CurrentState, organisation: Organisation) -> Response:
    await evaluation.delete_set(state, organisation, eval_set_id)
    return Response(status_code=204)


@router.post("/eval-sets/{eval_set_id}/attach-blob")
async def attach_blob(
    eval_set_id: str,
    file: UploadFile,
    idx: Annotated[int, Form(ge=0)],
    field_name: Annotated[_Text, Form()],
    mime: Annotated[_Mime, Form()],
    state: CurrentState,
    organisation: Organisation,
) -> Blob:
    """Below 5 MiB. What was attached to the field before is replaced."""
    eval_set = state.eval_sets.get(organisation, eval_set_id)
    if (file.size or 0) >= blobs.INLINE_LIMIT:
        raise TooLarge(
            f"A file of {blobs.INLINE_LIMIT >> 20} MiB or more goes to an upload URL:"
            f" POST /v1/eval-sets/{eval_set_id}/blob-upload-url."
        )
    content = await file.read()
    return _blob(state.blobs.attach(eval_set, idx=idx, field_name=field_name, mime=mime, content=content))


@router.post("/eval-sets/{eval_set_id}/blob-upload-url")
async def create_blob_upload_url(
    eval_set_id: str,
    body: BlobUploadRequest,
    storage_url: StorageUrl,
    state: CurrentState,
    organisation: Organisation,
) -> BlobUpload:
    blob, ticket = state.blobs.issue(
        state.eval_sets.get(organisation, eval_set_id),
        idx=body.idx,
        field_name=body.field_name,
        mime=body.mime,
        size=body.file_size,
        now=state.now(),
    )
    query = urlencode({"expires": ticket.expires, "signature": ticket.signature})
    upload_url = f"{storage_url}/uploads/{ticket.blob_id}?{query}"
    return BlobUpload(upload_url=upload_url, storage_uri=blob.storage_uri)


@router.post("/eval-sets/{eval_set_id}/blob-upload-complete")
async def complete_blob_upload(
    eval_set_id: str, body: BlobUploadComplete, state: CurrentState, organisation: Organisation
) -> Blob:
    """Attaches what was uploaded. What was attached to the field before is replaced."""
    attached = state.blobs.complete(
        state.eval_sets.get(organisation, eval_set_id),
        storage_uri=body.storage_uri,
        idx=body.idx,
        field_name=body.field_name,
        mime=body.mime,
    )
    return _blob(attached)


@router.post("/eval-runs", status_code=202)
async def create_eval_run(
    body: EvalRunRequest,
    state: CurrentState,
    organisation: Organisation,
    request_id: RequestId,
    idempotency_key: IdempotencyKey = None,
) -> EvalRunStarted:
    """Refused with 402 where the balance does not cover it, and billed when it has completed."""
    run = evaluation.start_run(
        state,
        organisation,
        eval_set_id=body.eval_set_id,
        model_ids=body.candidate_model_ids,
        request_id=request_id,
        idempotency_key=idempotency_key,
    )
    return EvalRunStarted(run_id=run.id, status="queued")


@router.get("/eval-runs/{run_id}", response_model_exclude_unset=True)
async def retrieve_eval_run(run_id: str, state: CurrentState, organisation: Organisation) -> EvalRun:
    run = await evaluation.look(state, organisation, run_id)
    return EvalRun(run=_run(run, state.now()), results=[_result(result) for result in run.results or ()])


async def _task_for(items: UploadFile, prompt: str | None, state: State) -> str:
    """The one that the prompt and the rows leave no doubt about."""
    if not (prompt and state.generation.has_newer):
        raise RequestValidationError([{"loc": ("body", "task_id"), "msg": "Field required", "type": "missing"}])
    found = await proposals.propose(items.file, prompt)
    if found.only is None:
        raise NotAcceptable(f"{found.message} No one task is without doubt: say which with task_id.")
    await items.seek(0)
    return found.only


def _stands(model_id: str, task: catalogue.Task | None) -> bool:
    """Whether the model is on the leaderboard of `task`, or of any."""
    tasks = catalogue.TASKS.values() if task is None else [task]
    return any(model_id in one.vendor_models for one in tasks)


def _eval_set(eval_set: eval_sets.EvalSet) -> EvalSet:
    return EvalSet(
        id=eval_set.id,
        task_id=eval_set.task.id,
        name=eval_set.name,
        prompt=eval_set.prompt,
        item_count=eval_set.item_count,
        scoring_strategy=eval_set.task.default_scorer,
        created_at=int(eval_set.created_at),
    )


def _blob(blob: blobs.Blob) -> Blob:
    return Blob(
        idx=blob.idx,
        field_name=blob.field_name,
        mime=blob.mime,
        file_size=blob.size,
        sha256=blob.sha256 or "",
        storage_uri=blob.storage_uri,
    )


def _run(run: eval_runs.EvalRun, now: float) -> EvalRunRecord:
    return EvalRunRecord(
        id=run.id,
        eval_set_id=run.eval_set_id,
        status=run.status(now),
        candidate_model_ids=[candidate.model_id for candidate in run.candidates],
        total_cost_micro_usd=run.total_micro_usd,
        error_detail=run.error_detail,
        created_at=int(run.created_at),
        simulated=run.is_simulated,
    )


def _result(result: eval_runs.EvalResult) -> EvalResult:
    fields = vars(result)
    return EvalResult(**{name: value for name, value in fields.items() if name not in _OPTIONAL or value is not None})
