// JSON Schemas as people read them.

import { html, nothing } from "./lit-html/lit-html.js";

const DEEPEST = 5;

/** What a `$ref` stands for, and the JSON that an event's data holds. */
export function resolve(root, schema) {
  while (schema?.$ref || schema?.contentSchema) {
    schema = schema.contentSchema ?? schema.$ref.slice(2).split("/").reduce((found, name) => found[name], root);
  }
  return schema ?? {};
}

export function typeName(root, schema = {}) {
  const its = resolve(root, schema);
  if (its.enum) return its.enum.map((value) => JSON.stringify(value)).join(" | ");
  if ("const" in its) return JSON.stringify(its.const);
  const choices = its.anyOf ?? its.oneOf;
  if (choices) return [...new Set(choices.map((choice) => typeName(root, choice)))].join(" | ");
  if (its.allOf) return its.allOf.map((part) => typeName(root, part)).join(" & ");
  if (its.type === "array") return `${typeName(root, its.items)}[]`;
  if (Array.isArray(its.type)) return its.type.join(" | ");
  return its.type ?? (its.properties ? "object" : "any");
}

/** The object's properties, and those of the objects in it; `prose` sets descriptions. */
export function schemaTree(root, schema, prose, depth = 0) {
  const objects = objectsIn(root, schema);
  if (!objects.length) return depth ? nothing : html`<p class="muted">${typeName(root, schema)}</p>`;
  if (depth > DEEPEST) return html`<p class="muted">…</p>`;
  return objects.map(
    (its) => html`
      <dl class="schema">
        ${Object.entries(its.properties ?? {}).map(
          ([name, property]) => html`
            <div>
              <dt>
                <code>${name}</code>
                <span class="muted">${typeName(root, property)}${its.required?.includes(name) ? "" : ", may be missing"}</span>
              </dt>
              ${description(root, property, prose)}
              ${objectsIn(root, property).length ? html`<dd>${schemaTree(root, property, prose, depth + 1)}</dd>` : nothing}
            </div>
          `,
        )}
      </dl>
    `,
  );
}

function description(root, property, prose) {
  const said = property.description ?? resolve(root, property).description;
  return said ? html`<dd>${prose(said)}</dd>` : nothing;
}

/** The objects with named properties that a value of it is, or has, or lists. */
function objectsIn(root, schema) {
  const its = resolve(root, schema);
  if (its.type === "array") return objectsIn(root, its.items);
  const found = (its.anyOf ?? its.oneOf ?? its.allOf ?? []).flatMap((choice) => objectsIn(root, choice));
  if (!its.properties) return found;
  // Where there are several forms, each of them says all but what is required.
  return found.length ? found.map((form) => ({ ...form, required: form.required ?? its.required })) : [its];
}

/** A value to begin with: what is required, and what comes with an example or a default. */
export function example(root, schema, depth = 0) {
  const its = resolve(root, schema);
  if (its.examples?.length) return its.examples[0];
  if ("example" in its) return its.example;
  if ("default" in its) return its.default;
  if ("const" in its) return its.const;
  if (its.enum) return its.enum[0];
  const choices = its.anyOf ?? its.oneOf ?? its.allOf;
  if (choices) return example(root, choices[0], depth);
  if (its.properties || its.type === "object") {
    const wanted = depth > DEEPEST ? [] : (its.required ?? []);
    return Object.fromEntries(wanted.map((name) => [name, example(root, its.properties?.[name], depth + 1)]));
  }
  if (its.type === "array") return its.minItems ? [example(root, its.items, depth + 1)] : [];
  return { string: "", integer: its.minimum ?? 0, number: its.minimum ?? 0, boolean: false }[its.type] ?? null;
}
