import respx

respx.post("https://api.pareta.ai/v1/chat/completions")
