"""A client shared by all instances of a class, and a default of a parameter."""

from pareta_openai import OpenAI


class Extractor:
    client = OpenAI()
    model = "ep_invoice_kie"

    def __init__(self, field):
        self.field = field

    def read(self, document, client=OpenAI(timeout=10)):
        question = [{"role": "user", "content": f"{self.field} of: {document}"}]
        first = self.client.chat.completions.create(model=self.model, messages=question)
        second = client.chat.completions.create(model=self.model, messages=question)
        return first.choices[0].message.content, second.choices[0].message.content


class Totals(Extractor):
    def __init__(self):
        super().__init__("total")


print(Totals().read("Invoice 2041, 54.00 EUR"))
print(Extractor("number").read("Invoice 2041, 54.00 EUR"))
