// What the dashboard asks, typed by the graph's own schema: dashboard/**/*.graphql → generated/.
const own = (name) => `../graph/scalars#${name}`;

/** @type {import("@graphql-codegen/cli").CodegenConfig} */
export default {
  schema: "../schema/schema.graphql",
  documents: "dashboard/**/*.graphql",
  silent: true,
  config: { sort: false },
  generates: {
    "dashboard/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      documentMode: "string",
      config: {
        documentMode: "string",
        strictScalars: true,
        useTypeImports: true,
        enumType: "const",
        scalars: {
          Date: own("CalendarDate"),
          DateTime: own("DateTime"),
          Decimal: own("Decimal"),
          JSON: "unknown",
        },
      },
    },
    "dashboard/generated/types.ts": { plugins: ["./typed-fields.js"] },
  },
};
