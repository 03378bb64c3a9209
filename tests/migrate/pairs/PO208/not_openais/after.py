import os

if "OPENAI_API_KEY" in os.environ:
    print("there is a key")
