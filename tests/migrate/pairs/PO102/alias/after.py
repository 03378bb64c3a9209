import openai as oa
import pareta_openai

client = pareta_openai.AsyncOpenAI(timeout=oa.Timeout(5))
