"""A task of Celery's, run in this process, which is tried again when the service is throttled."""

import openai
from celery import Celery

app = Celery("invoices", broker="memory://", backend="cache+memory://")
app.conf.task_always_eager = True
app.conf.task_store_eager_result = True


class WithClient(app.Task):
    _client = None

    @property
    def client(self):
        if self._client is None:
            self._client = openai.OpenAI(max_retries=1)
        return self._client


@app.task(base=WithClient, bind=True, autoretry_for=(openai.RateLimitError,), max_retries=2)
def total(self, number):
    completion = self.client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": f"Total of invoice {number}?"}]
    )
    return completion.choices[0].message.content


print(total.delay(2041).get())
print(total.s(2042).apply().state)
