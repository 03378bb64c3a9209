"""A web application with a client in its state and one as a dependency."""

from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from openai import AsyncOpenAI, NotFoundError, OpenAI


@asynccontextmanager
async def lifespan(app):
    async with AsyncOpenAI() as app.state.client:
        yield


def sync_client():
    with OpenAI() as client:
        yield client


app = FastAPI(lifespan=lifespan)


@app.get("/ask")
async def ask(q: str, request: Request, model: str = "gpt-4o"):
    try:
        completion = await request.app.state.client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": q}]
        )
    except NotFoundError as error:
        raise HTTPException(404, f"no such model: {error.status_code}") from error
    return {"answer": completion.choices[0].message.content}


@app.get("/stream")
def stream(q: str, client: OpenAI = Depends(sync_client)):
    chunks = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": q}], stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    return StreamingResponse(iter([text]), media_type="text/plain")


with TestClient(app) as browser:
    print(browser.get("/ask", params={"q": "Who are the parties?"}).json())
    print(browser.get("/stream", params={"q": "Who signed it?"}).text)
    print(browser.get("/ask", params={"q": "And?", "model": "ep_nowhere"}).json())
