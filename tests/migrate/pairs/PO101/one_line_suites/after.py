import sys

if sys.argv: from openai import RateLimitError; from pareta_openai import OpenAI
else: OpenAI = RateLimitError = None

def make(): from pareta_openai import OpenAI; return OpenAI()
