// Judges scenarios, one JSON a line on standard input, with the simulator in the folder of the first argument; prints
// each scenario that it judges otherwise than we do, and how many agree.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2]}/package.json`);
const { runSimulation } = require("@cloud-copilot/iam-simulate");

const named = (documents, prefix) => documents.map((policy, at) => ({ name: `${prefix}${at}`, policy }));

async function judge(scenario) {
  const result = await runSimulation(
    {
      request: {
        principal: scenario.principal,
        action: scenario.action,
        resource: { resource: scenario.resource, accountId: scenario.account },
        contextVariables: scenario.context,
      },
      identityPolicies: named(scenario.identity, "identity"),
      permissionBoundaryPolicies: scenario.boundary ? named([scenario.boundary], "boundary") : undefined,
      sessionPolicy: scenario.session ?? undefined,
      resourcePolicy: scenario.resourcePolicy ?? undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    { simulationMode: "Strict" },
  );
  return result.overallResult ?? JSON.stringify(result.errors);
}

// Where AWS's documentation says otherwise than the simulator: each with the scenarios that it touches.
const EXPLAINED = {
  // "The resource-based policy permissions are not limited by the session policy" where they name the session
  // (IAM User Guide, session policies).
  "a session that the resource names is not limited by its session policy": (scenario) =>
    scenario.session && JSON.stringify(scenario.resourcePolicy ?? "").includes(":assumed-role/"),
  // AWS's guide does not say whether everybody names a session itself, as here, or its role, as in the simulator.
  "everybody names a session itself": (scenario) =>
    scenario.session && /"AWS":(\[[^\]]*)?"\*"|"Principal":"\*"/.test(JSON.stringify(scenario.resourcePolicy ?? "")),
  // Variables in documents of version 2008-10-17 "are treated as literal strings" (IAM User Guide, Version).
  "an old document has no variables": (scenario) =>
    [...scenario.identity, scenario.boundary, scenario.session, scenario.resourcePolicy].some(
      (document) => document?.Version === "2008-10-17" && JSON.stringify(document).includes("${"),
    ),
};

const WORDS = { Allowed: "Allowed", ExplicitlyDenied: "Denied", ImplicitlyDenied: "NotAllowed" };

let agreed = 0;
let differed = 0;
const explained = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const scenario = JSON.parse(line);
  const judged = await judge(scenario);
  const theirs = WORDS[judged] ?? judged;
  const why = Object.entries(EXPLAINED).find(([, applies]) => applies(scenario))?.[0];
  if (theirs === scenario.ours) {
    agreed += 1;
  } else if (why) {
    explained.set(why, (explained.get(why) ?? 0) + 1);
  } else {
    differed += 1;
    console.log(JSON.stringify({ theirs, ...scenario }));
  }
}
for (const [why, count] of explained) console.log(`${count} differ, for ${why}`);
console.log(`${agreed} agree, ${differed} differ`);
process.exitCode = differed === 0 && agreed > 0 ? 0 : 1;
