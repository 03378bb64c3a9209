// Bodies as people read them. What comes out of here is text, and is set as text.

/** JSON with line breaks, also where it is cut off; all else as it is. Its numbers stay as they were written. */
export function readable(contentType, text) {
  if (!contentType.startsWith("application/json")) return text;
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.max(depth, 0))}`;
  // Strings are taken whole, so that what is in them changes nothing.
  const tokens = text.match(/"(?:[^"\\]|\\.)*"?|\{\s*\}|\[\s*\]|[{}[\],:]|[^\s"{}[\],:]+/gs) ?? [];
  return tokens
    .map((token) => {
      if (token === "{" || token === "[") {
        depth += 1;
        return token + line();
      }
      if (token === "}" || token === "]") {
        depth -= 1;
        return line() + token;
      }
      if (token === ",") return token + line();
      return token === ":" ? ": " : token;
    })
    .join("");
}

/** What the model said, put together where it was streamed; null for what is no chat completion. */
export function completionText({ content_type, text }) {
  if (content_type.startsWith("text/event-stream")) return joined(text) || null;
  try {
    return JSON.parse(text).choices?.[0]?.message?.content ?? null;
  } catch {
    return null;
  }
}

function joined(text) {
  let said = "";
  for (const line of text.split("\n")) {
    if (!line.startsWith("data: {")) continue;
    try {
      const choice = JSON.parse(line.slice(6)).choices?.[0];
      if (choice?.index === 0) said += choice.delta?.content ?? "";
    } catch {
      // The last line may be cut off.
    }
  }
  return said;
}
