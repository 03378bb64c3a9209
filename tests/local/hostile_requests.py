"""Sends every operation of a local platform what looks like paths, and prints which files that made it touch.

A script for an interpreter of its own: what listens to its files cannot be taken away again.
"""

import http.client
import json
import os
import re
import sys
from urllib.parse import quote, urlsplit

from pareta_openai.local import LocalPlatform

WORD = "canary"
HOSTILE = (f"../../{WORD}", f"/{WORD}", f"file:///{WORD}", f"{WORD}\0")
PAGES = (f"/dashboard/../{WORD}", f"/dashboard//{WORD}", f"/dashboard/..%2f{WORD}", f"/../{WORD}", f"//{WORD}")
FILE_EVENTS = ("open", "os", "shutil", "glob", "pathlib", "tempfile", "sqlite3", "mmap", "import")

touched: list[str] = []
seen: set[str] = set()
answered: set[int] = set()


def listen(event, arguments):
    if event.split(".")[0] in FILE_EVENTS:
        seen.add(event)
        if any(WORD in os.fsdecode(one) for one in arguments if isinstance(one, (str, bytes, os.PathLike))):
            touched.append(f"{event} {arguments}")


def send(platform, method, path, body=None, content_type="application/json"):
    connection = http.client.HTTPConnection(urlsplit(platform.base_url).netloc, timeout=30)
    headers = {
        "Authorization": f"Bearer {platform.api_key}",
        "Content-Type": content_type,
        "Idempotency-Key": HOSTILE[0],
        "Last-Event-ID": HOSTILE[0],
    }
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answered.add(answer.status)
    is_stream = answer.headers.get("content-type", "").startswith("text/event-stream")
    content = b"" if is_stream else answer.read()
    connection.close()
    return content


def fields(document, operation):
    text = json.dumps(operation.get("requestBody", {}))
    return {
        name
        for schema in re.findall(r"#/components/schemas/(\w+)", text)
        for name in document["components"]["schemas"][schema].get("properties", ())
    }


def form(names, evil):
    parts = [f'name="{name}"\r\n\r\n{evil}' for name in names]
    parts += [f'name="{name}"; filename="{evil}"\r\n\r\n{{"input": "{evil}"}}' for name in ("items", "file")]
    return "".join(f"--limit\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--limit--\r\n"


def main():
    sys.addaudithook(listen)
    with LocalPlatform() as platform:
        document = json.loads(send(platform, "GET", "/openapi.json"))
        for path, item in document["paths"].items():
            for method, operation in item.items():
                names = fields(document, operation)
                is_form = "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
                for evil in HOSTILE:
                    query = "&".join(f"{one['name']}={quote(evil)}" for one in operation.get("parameters", ()))
                    body = form(names, evil) if is_form else json.dumps(dict.fromkeys(names, evil))
                    send(
                        platform,
                        method.upper(),
                        re.sub(r"\{\w+\}", quote(evil, safe=""), path) + f"?{query}",
                        body.encode(),
                        "multipart/form-data; boundary=limit" if is_form else "application/json",
                    )
        for page in PAGES:
            send(platform, "GET", page)
    print(json.dumps({"touched": touched, "seen": sorted(seen), "answered": sorted(answered)}))


if __name__ == "__main__":
    main()
