from openai import AsyncOpenAI, OpenAI

client = OpenAI(api_key="sk-proj-6DhUyTq0sVn1kWc8Zb4mRx7Lp2Gf9Ja3Ei5Oo", timeout=30)
later = AsyncOpenAI(api_key="sk-proj-6DhUyTq0sVn1kWc8Zb4mRx7Lp2Gf9Ja3Ei5Oo")
