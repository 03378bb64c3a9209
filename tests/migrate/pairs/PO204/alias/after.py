import os

import pareta_openai as oa

client = oa.OpenAI()
