// The page at /dashboard.
import "./styles/index.css";

import { render } from "preact";

import { App } from "./shell/app";

const root = document.getElementById("dashboard");
if (root) render(<App />, root);
