from openai import OpenAI

client = OpenAI(
    timeout=3,
    organization="org-123",  # ours
    project = "proj_123"
)
