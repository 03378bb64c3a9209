import respx

HOST = "https://api.openai.com"

respx.post(  # chat
    'https://api.openai.com/v1/chat/completions',   # the call
)
respx.post(f"{HOST}/v1/chat/completions")
respx.post(
    "https://api.openai.com"
    "/v1/embeddings"
)
respx.route(host = "api.openai.com")
