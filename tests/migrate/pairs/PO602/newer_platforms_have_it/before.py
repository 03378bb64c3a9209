from openai import OpenAI

client = OpenAI()
client.embeddings.create(model="text-embedding-3-small", input=["a"])
client.images.generate(model="gpt-image-1", prompt="a cat")
client.audio.speech.create(model="tts-1", voice="alloy", input="x")
