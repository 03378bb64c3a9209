import asyncio

from . import llm

print(llm.ask("Who are the parties?"))
print(asyncio.run(llm.ask_async("Who signed it?")))
# A second event loop, as each command of many a tool has its own.
print(asyncio.run(llm.ask_async("On which day?")))
