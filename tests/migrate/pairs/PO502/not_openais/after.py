import respx

respx.post("https://api.openai.com.evil.example/v1/chat/completions")
respx.get("https://shop.example/?next=https://api.openai.com/v1")
respx.get("https://openrouter.ai/api/v1/models")
