from openai import OpenAI

client = OpenAI(
    timeout=3, organization="org-123",
    max_retries=2, project="proj_123", webhook_secret="whsec",
    default_headers={},
)
