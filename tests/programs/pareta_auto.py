"""With the platform's own client, 0.3 and 3.0: the model `auto`, its metrics, vendors' models, and sound."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import pareta
from pareta import AsyncPareta, Pareta

MESSAGES = [{"role": "user", "content": "Who are the parties to this agreement?"}]


def main() -> None:
    with Pareta.from_env(max_retries=0) as client:
        completion = client.chat.completions.create(model="auto", messages=MESSAGES)
        assert completion.choices[0].message.content
        metrics = client.auto.metrics()
        assert metrics["requests_30d"] >= 1
        assert metrics["success_rate_30d"] == 1
        assert metrics["savings_vs_frontier_micro_usd_30d"] > 0
        compared = client.auto.compare_frontier(model="gpt-5.1", messages=MESSAGES)
        assert compared["model"] == "gpt-5.1"
        assert compared["content"]
        assert compared["cost_micro_usd"] > 0
        assert compared["latency_ms"] >= 0
        speech = client.audio.speech("The parties are Acme Ltd and Nordwind AS.", voice="one")
        assert (speech.format, speech.audio[:4]) == ("wav", b"RIFF")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "speech.wav")
            speech.save(file)
            heard = client.audio.transcriptions(str(file), language="en")
        assert "Nordwind" in str(heard)
        assert (heard.language, heard.duration_s) == ("en", speech.duration_s)
        assert client.audio.transcriptions(speech.audio).text == heard.text
    with Pareta(api_key=os.environ["EMPTY_API_KEY"], base_url=os.environ["PARETA_BASE_URL"]) as poor:
        for call in (
            lambda: poor.chat.completions.create(model="auto", messages=MESSAGES),
            lambda: poor.audio.speech("Hello"),
            lambda: poor.auto.compare_frontier(model="gpt-5.1", messages=MESSAGES),
        ):
            try:
                call()
            except pareta.InsufficientCreditsError as error:
                assert error.status_code == 402
            else:
                raise AssertionError("an empty balance was billed")
    asyncio.run(at_the_same_time())
    print("done with pareta", pareta.__version__)


async def at_the_same_time() -> None:
    async with AsyncPareta.from_env(max_retries=0) as client:
        speech, compared, _ = await asyncio.gather(
            client.audio.speech("Hello"),
            client.auto.compare_frontier(model="gemini-2.5-flash", messages=MESSAGES),
            client.chat.completions.create(model="auto", messages=MESSAGES),
        )
        assert (await client.audio.transcriptions(speech.audio)).text == "Hello"
        assert compared["content"]
        assert (await client.auto.metrics())["requests_30d"] >= 2


if __name__ == "__main__":
    main()
