import pareta as pa

platform = pa.AsyncPareta()


async def main():
    rerank = platform.rerank
    await rerank("which?", ["a"])
    return await platform.auto.metrics()
