import sys

from openai import OpenAI

answer = OpenAI().chat.completions.create(model=sys.argv[1], messages=[])
