import pareta_openai as openai

openai.api_key = "pareta_sk_test"
models = openai.models.list()
