from langchain_openai import AzureChatOpenAI, ChatOpenAI
from settings import key, options, url

one = ChatOpenAI(**options)
two = ChatOpenAI(api_key=key)
three = ChatOpenAI(base_url=url)
four = AzureChatOpenAI(azure_deployment="gpt-4o")
