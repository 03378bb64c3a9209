import pareta_openai as oa, os

client = oa.AsyncOpenAI(max_retries=int(os.environ["RETRIES"]))
