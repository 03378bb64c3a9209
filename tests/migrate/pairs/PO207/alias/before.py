import openai as oa

oa.base_url = "https://api.openai.com/v1/"
oa.timeout = 30
models = oa.models.list()
