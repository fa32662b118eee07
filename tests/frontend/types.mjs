// Checks the types of the dashboard and of its tests, strictly. Prints a JSON value a mistake.
import { spawnSync } from "node:child_process";

for (const project of ["../../pages/dashboard", "dashboard"]) {
  const { stdout, status } = spawnSync("node_modules/.bin/tsc", ["--project", project], {
    encoding: "utf8",
  });
  if (status !== 0) console.log(JSON.stringify({ project, stdout }));
}
