class App:
    def ask(self):
        from pareta_openai import OpenAI

        def inner(name):
            return OpenAI().chat.completions.create(model=name, messages=[])

        return inner("gpt-4.1")
