// Monaco's workers, as files of their own: a strict content security policy wants that.
const NAMES = { json: "json", graphql: "graphql" };

globalThis.MonacoEnvironment = {
  getWorker(_, label) {
    const name = NAMES[label] ?? "editor";
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: "module" });
  },
};
