from elsewhere import OpenAI

client = OpenAI(organization="org-123")
