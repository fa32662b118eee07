// The page at /dashboard.
import "./styles/index.css";

import { render } from "preact";

import { refused } from "./graph/session";
import { App } from "./shell/app";

const root = document.getElementById("dashboard");
if (root) {
  if (root.dataset.guarded === "true") refused("This server wants to know who asks.");
  render(<App />, root);
}
