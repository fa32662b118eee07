// What the modules of the page look for in a browser when they are loaded.
Object.assign(globalThis, {
  location: new URL("http://127.0.0.1/dashboard"),
  history: { state: null },
  addEventListener: () => undefined,
});
