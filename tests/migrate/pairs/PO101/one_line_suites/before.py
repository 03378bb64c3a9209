import sys

if sys.argv: from openai import OpenAI, RateLimitError
else: OpenAI = RateLimitError = None

def make(): from openai import OpenAI; return OpenAI()
