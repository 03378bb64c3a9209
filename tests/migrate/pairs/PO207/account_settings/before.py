import openai

openai.organization = "org-123"
openai.timeout = 3
if openai.timeout:
    openai.project = "proj_123"
models = openai.models.list()
