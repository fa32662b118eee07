// A plugin of graphql-codegen: of every field that an operation asks for, the type that it has.
import { getNamedType, TypeInfo, visit, visitWithTypeInfo } from "graphql";

/** @type {import("@graphql-codegen/plugin-helpers").PluginFunction} */
export function plugin(schema, documents) {
  const types = {};
  const info = new TypeInfo(schema);
  const noted = visitWithTypeInfo(info, {
    Field({ name: { value: name } }) {
      const [parent, type] = [info.getParentType()?.name, getNamedType(info.getType())?.name];
      if (parent && type && !name.startsWith("__")) (types[parent] ??= {})[name] = type;
    },
  });
  for (const { document } of documents) visit(document, noted);
  const text = JSON.stringify(types, null, 2);
  return `export const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = ${text};\n`;
}
