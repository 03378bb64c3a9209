"""A client that a container hands to those who ask for one by its type."""

import inspect
import typing

import pareta_openai as openai


class Container:
    def __init__(self):
        self.providers = {}
        self.made = {}

    def provide(self, kind, provider):
        self.providers[kind] = provider

    def get(self, kind):
        if kind not in self.made:
            self.made[kind] = self.providers[kind]()
            if not isinstance(self.made[kind], kind):
                raise TypeError(f"{self.made[kind]!r} is no {kind.__name__}")
        return self.made[kind]

    def build(self, service):
        hints = typing.get_type_hints(service.__init__)
        needed = [name for name in inspect.signature(service).parameters]
        return service(**{name: self.get(hints[name]) for name in needed})


class Summaries:
    def __init__(self, client: openai.OpenAI):
        self.client = client

    def of(self, text):
        completion = self.client.chat.completions.create(
            model="ep_contract_kie", messages=[{"role": "user", "content": f"Sum up: {text}"}]
        )
        return completion.choices[0].message.content


container = Container()
container.provide(openai.OpenAI, lambda: openai.OpenAI(timeout=20))
summaries = container.build(Summaries)
print(summaries.of("the agreement between Hansen and Okafor"))
print(summaries.client is container.get(openai.OpenAI))
