import pareta_openai as oa

oa.base_url = "https://api.pareta.ai/v1/"
oa.timeout = 30
models = oa.models.list()
