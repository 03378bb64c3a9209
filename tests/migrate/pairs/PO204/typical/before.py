from openai import OpenAI

client = OpenAI(organization="org-123", project="proj_123", timeout=3)
