import os

import openai as oa

client = oa.OpenAI(organization=os.getenv("OPENAI_ORG_ID"))
