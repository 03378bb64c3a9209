"""Prints an answer as it comes, and what it took at its end."""

import pareta_openai as openai

client = openai.OpenAI()
stream = client.chat.completions.create(
    model="ep_invoice_kie",
    messages=[{"role": "user", "content": "Read this invoice aloud: 2041, Hansen Tools, 54.00 EUR"}],
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    else:
        print(f"\n{chunk.usage.completion_tokens} tokens")
