"""Pictures and sound."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import UploadFile

from pareta_openai.local import metering, pictures, sound
from pareta_openai.local.bodies import Body, Integer
from pareta_openai.local.errors import NotAcceptable, TooLarge
from pareta_openai.local.inference import receipt
from pareta_openai.local.metering import Lane, Meter

from .dependencies import CurrentState, RequestMeter

router: APIRouter = APIRouter(tags=["Newer"])

_LARGEST_FILE = 25 << 20
_DEFAULT_SIZE = (1024, 1024)
_SIZES = {
    f"{width}x{height}": (width, height)
    for width, height in (_DEFAULT_SIZE, (2048, 2048), (2304, 1728), (1728, 2304), (2560, 1440), (1440, 2560))
}

_Text = Annotated[str, Field(min_length=1)]


class ImageRequest(Body):
    prompt: _Text
    n: Integer | None = Field(default=None, ge=1, le=10)
    size: str | None = None
    seed: Integer | None = None
    response_format: Literal["b64_json"] | None = None


class ImageEditRequest(Body):
    """`image` is a file, in base64."""

    prompt: _Text
    image: _Text
    seed: Integer | None = None


class Image(BaseModel):
    b64_json: str


class Images(BaseModel):
    """`size` is what was made, in pixels."""

    created: int
    model: str
    data: list[Image]
    size: str


class TranscriptionRequest(Body):
    audio_base64: _Text
    language: str | None = None


class Transcription(BaseModel):
    text: str
    language: str | None
    duration_s: float


class SpeechRequest(Body):
    text: str = Field(min_length=1, max_length=4096)
    voice: str | None = None


class Speech(BaseModel):
    audio_base64: str
    sample_rate: int
    duration_s: float
    format: str


@router.post("/images/generations")
async def generate_images(body: ImageRequest, response: Response, state: CurrentState, meter: RequestMeter) -> Images:
    """PNG files that the prompt and the seed decide; each is billed with the same, whatever its size."""
    size = _SIZES.get(body.size or "", _DEFAULT_SIZE)
    if body.size not in (None, "auto", *_SIZES):
        raise NotAcceptable(f"There is no size {body.size!r}: choose one of {', '.join(_SIZES)}.")
    texts = [f"{body.prompt}, {body.seed}, {number}" for number in range(body.n or 1)]
    return _drawn(texts, size, metering.IMAGE_GENERATION, response, state, meter)


@router.post(
    "/images/edits",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": ImageEditRequest.model_json_schema()},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["image", "prompt"],
                        "properties": {
                            "image": {"type": "string", "contentMediaType": "application/octet-stream"},
                            "prompt": {"type": "string", "minLength": 1},
                        },
                    }
                },
            },
        }
    },
)
async def edit_images(request: Request, response: Response, state: CurrentState, meter: RequestMeter) -> Images:
    """JSON with the picture in base64, or OpenAI's form with a file. A PNG of the picture's size, if that is one."""
    prompt, image = await _read_edit(request)
    size = pictures.size_of(image) or _DEFAULT_SIZE
    return _drawn([prompt], size, metering.IMAGE_EDIT, response, state, meter)


@router.post("/audio/transcriptions")
async def transcribe_audio(
    body: TranscriptionRequest, response: Response, state: CurrentState, meter: RequestMeter
) -> Transcription:
    """What the local platform itself was told to read out; for any other recording a line that says so."""
    meter.require_credit()
    audio = _decoded("audio_base64", body.audio_base64)
    heard = sound.listen(audio)
    response.headers.update(receipt(state, meter.book(metering.TRANSCRIPTION, heard.seconds)))
    return Transcription(
        text=heard.text or f"[{metering.TRANSCRIPTION.model}] A recording of {len(audio)} bytes.",
        language=body.language,
        duration_s=round(heard.seconds, 3),
    )


@router.post("/audio/speech")
async def create_speech(body: SpeechRequest, response: Response, state: CurrentState, meter: RequestMeter) -> Speech:
    """A WAV file with a tone for each word, billed by its seconds."""
    meter.require_credit()
    audio = sound.speak(body.text, body.voice or "")
    seconds = sound.listen(audio).seconds
    response.headers.update(receipt(state, meter.book(metering.SPEECH, seconds)))
    return Speech(
        audio_base64=base64.b64encode(audio).decode(),
        sample_rate=sound.SAMPLE_RATE,
        duration_s=round(seconds, 3),
        format="wav",
    )


def _drawn(
    texts: list[str], size: tuple[int, int], lane: Lane, response: Response, state: CurrentState, meter: Meter
) -> Images:
    meter.require_credit()
    data = [Image(b64_json=base64.b64encode(pictures.draw(text, *size)).decode()) for text in texts]
    response.headers.update(receipt(state, meter.book(lane, len(data))))
    return Images(created=int(state.now()), model=lane.model, data=data, size=f"{size[0]}x{size[1]}")


async def _read_edit(request: Request) -> tuple[str, bytes]:
    """What is to be done, and the picture. Raises `RequestValidationError`."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            # OpenAI's clients say `image[]` where there are several: the first one decides the size.
            images, prompts = form.getlist("image") or form.getlist("image[]"), form.getlist("prompt")
            if not images or not isinstance(images[0], UploadFile):
                raise _missing("image")
            if len(prompts) != 1 or not isinstance(prompts[0], str) or not prompts[0]:
                raise _missing("prompt")
            if (images[0].size or 0) > _LARGEST_FILE:
                raise _too_large("image")
            return prompts[0], await images[0].read()
    try:
        body = ImageEditRequest.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from error
    return f"{body.prompt}, {body.seed}", _decoded("image", body.image)


def _decoded(name: str, text: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotAcceptable(f"{name} is not base64.") from None
    if len(decoded) > _LARGEST_FILE:
        raise _too_large(name)
    return decoded


def _missing(name: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", name), "msg": "Field required", "type": "missing"}])


def _too_large(name: str) -> TooLarge:
    return TooLarge(f"{name} is a file of more than {_LARGEST_FILE >> 20} MiB.")
