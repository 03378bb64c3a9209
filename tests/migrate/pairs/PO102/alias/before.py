import openai as oa

client = oa.AsyncOpenAI(timeout=oa.Timeout(5))
