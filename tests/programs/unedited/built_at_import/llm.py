from openai import AsyncOpenAI, OpenAI

client = OpenAI()
async_client = AsyncOpenAI()
DEFAULTS = {"model": "gpt-4o", "temperature": 0.0}


def ask(text):
    completion = client.chat.completions.create(messages=[{"role": "user", "content": text}], **DEFAULTS)
    return completion.choices[0].message.content


async def ask_async(text):
    completion = await async_client.chat.completions.create(messages=[{"role": "user", "content": text}], **DEFAULTS)
    return completion.choices[0].message.content
