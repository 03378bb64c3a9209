from openai import OpenAI

client = OpenAI(organization="org-123", base_url="https://api.together.xyz/v1")
