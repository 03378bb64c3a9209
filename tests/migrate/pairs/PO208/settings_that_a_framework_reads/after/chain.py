from langchain_openai import ChatOpenAI

model = ChatOpenAI()
