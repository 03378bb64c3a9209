"""Headers of an answer, and a client with other options for one call."""

from openai import OpenAI

client = OpenAI()
messages = [{"role": "user", "content": "Invoice 2041?"}]
raw = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=messages)
print(raw.status_code, raw.headers["content-type"], bool(raw.headers.get("x-request-id")))
print(raw.parse().choices[0].message.content)

patient = client.with_options(timeout=60, max_retries=5)
with patient.chat.completions.with_streaming_response.create(model="gpt-4o-mini", messages=messages) as response:
    print(response.status_code, len(list(response.iter_lines())))
print(patient.max_retries, client.max_retries)
