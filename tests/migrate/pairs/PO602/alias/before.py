import openai as oai

llm = oai.AsyncOpenAI()


async def main():
    async with llm.realtime.connect(model="gpt-realtime") as connection:
        await connection.close()
    stores = llm.vector_stores
    await stores.list()
    return await llm.moderations.create(input="x")
