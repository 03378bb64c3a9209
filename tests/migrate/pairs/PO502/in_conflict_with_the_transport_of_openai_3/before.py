import respx

respx.post("https://api.openai.com/v1/chat/completions")
