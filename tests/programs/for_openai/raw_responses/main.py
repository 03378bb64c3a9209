"""Headers, and options for one call."""

from openai import OpenAI, Timeout

client = OpenAI(
    organization="org-billing",
    project="proj-invoices",
    timeout=Timeout(30.0, connect=5.0),
    default_headers={"x-team": "billing"},
)
raw = client.with_options(max_retries=5).chat.completions.with_raw_response.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Hansen Tools, 54.00 EUR"}],
    extra_headers={"x-invoice": "2041"},
)
print(raw.http_response.status_code, raw.headers["content-type"])
print(raw.parse().choices[0].message.content)
client.close()
