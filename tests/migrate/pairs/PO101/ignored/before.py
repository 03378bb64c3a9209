from openai import OpenAI  # pareta: ignore[PO101]

client = OpenAI()
