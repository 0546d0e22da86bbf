import { temporary, listen } from "./agent";

import assert from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const subscription = "11111111-2222-4333-8444-555555555555";
const parameters = { ServicePrincipalId: "client-id", TenantId: "tenant-id" };
const pem =
  "-----BEGIN PRIVATE KEY-----\nfirstSecretLine\nsecondSecretLine\n-----END PRIVATE KEY-----\n";
const secrets = ["the-access-token", "the-key", "firstSecretLine", "secondSecretLine"];

function connect(
  id: string,
  scheme: string,
  given: Record<string, string>,
  data: Record<string, string>,
): void {
  process.env[`ENDPOINT_AUTH_${id}`] = JSON.stringify({ parameters: given, scheme });
  process.env[`ENDPOINT_AUTH_SCHEME_${id}`] = scheme;
  for (const [name, value] of Object.entries(given)) {
    process.env[`ENDPOINT_AUTH_PARAMETER_${id}_${name.toUpperCase()}`] = value;
  }
  for (const [name, value] of Object.entries(data)) {
    process.env[`ENDPOINT_DATA_${id}_${name.toUpperCase()}`] = value;
  }
}

const data = { subscriptionId: subscription, environment: "AzureCloud" };
connect("SYSTEMVSSCONNECTION", "OAuth", { AccessToken: "the-access-token" }, {});
connect("federated", "WorkloadIdentityFederation", parameters, data);
connect(
  "key",
  "ServicePrincipal",
  { ...parameters, serviceprincipalkey: "the-key", authenticationType: "spnKey" },
  { ...data, environment: "AzureUSGovernment" },
);
connect(
  "certificate",
  "ServicePrincipal",
  { ...parameters, servicePrincipalCertificate: pem, authenticationType: "spnCertificate" },
  data,
);
connect("identity", "ManagedServiceIdentity", { tenantid: "tenant-id" }, data);
connect("named", "ManagedServiceIdentity", {}, { ...data, msiclientId: "user-assigned" });
connect("group", "ServicePrincipal", parameters, { environment: "AzureCloud" });
connect("stack", "ServicePrincipal", parameters, { ...data, environment: "AzureStack" });
connect("password", "UsernamePassword", {}, data);
connect("forbidden", "None", {}, data);
delete process.env["ENDPOINT_AUTH_forbidden"];
connect("broken", "ServicePrincipal", {}, data);
process.env["ENDPOINT_AUTH_broken"] = '{"parameters": {"serviceprincipalkey": "the-key"';
for (const [id, document] of [
  ["null", null],
  ["empty", {}],
  ["list", []],
  ["schemeless", { parameters: {} }],
  ["bare", { scheme: "ServicePrincipal" }],
  ["keyless", { scheme: "ServicePrincipal", parameters }],
  ["number", { scheme: "ServicePrincipal", parameters: { serviceprincipalid: 7 } }],
] as const) {
  connect(id, "", {}, data);
  process.env[`ENDPOINT_AUTH_${id}`] = JSON.stringify(document);
}
process.env["SYSTEM_OIDCREQUESTURI"] = "https://example.invalid/oidc";

type Module = typeof import("../ArmguardTask/ArmguardTaskV1/src/connection");
const { openConnection } = require("../ArmguardTask/ArmguardTaskV1/src/connection") as Module;

const args = (cloud: string, credential: string): string[] => [
  "--live",
  "--subscription",
  subscription,
  "--cloud",
  cloud,
  "--credential",
  credential,
];

for (const [id, cloud, credential, variables] of [
  [
    "federated",
    "AzureCloud",
    "azure-pipelines",
    {
      AZURESUBSCRIPTION_CLIENT_ID: "client-id",
      AZURESUBSCRIPTION_TENANT_ID: "tenant-id",
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "federated",
      SYSTEM_ACCESSTOKEN: "the-access-token",
    },
  ],
  [
    "key",
    "AzureUSGovernment",
    "environment",
    { AZURE_CLIENT_ID: "client-id", AZURE_TENANT_ID: "tenant-id", AZURE_CLIENT_SECRET: "the-key" },
  ],
  ["identity", "AzureCloud", "managed-identity", {}],
  ["named", "AzureCloud", "managed-identity", { AZURE_CLIENT_ID: "user-assigned" }],
] as const) {
  test(`what armguard logs in with: ${id}`, () => {
    const connection = openConnection(id, temporary);
    assert.deepStrictEqual(connection.arguments, args(cloud, credential));
    assert.deepStrictEqual(connection.variables, variables);
  });
}

test("a certificate is a file that only the agent reads, and that does not stay", () => {
  const connection = openConnection("certificate", temporary);
  const file = join(temporary, "service-connection.pem");
  assert.strictEqual(connection.variables["AZURE_CLIENT_CERTIFICATE_PATH"], file);
  assert.strictEqual(readFileSync(file, "utf8"), pem);
  if (process.platform !== "win32") {
    assert.strictEqual(statSync(file).mode & 0o777, 0o600);
  }
  connection.close();
  assert.ok(!existsSync(file));
});

for (const [id, message] of [
  ["group", /names no subscription/],
  ["stack", /is for 'AzureStack'; armguard knows AzureCloud, AzureUSGovernment, AzureChinaCloud/],
  ["password", /logs in with 'UsernamePassword'/],
  ["forbidden", /may not use the service connection 'forbidden'/],
  ["broken", /^Error: the authorization of the service connection 'broken' is no JSON; save /],
  ["null", /^Error: the authorization of the service connection 'null' has no scheme; save /],
  ["empty", /'empty' has no scheme; save the connection anew in the project settings$/],
  ["list", /'list' has no scheme; save the connection anew/],
  ["schemeless", /'schemeless' has no scheme; save the connection anew/],
  ["bare", /'bare' has no 'serviceprincipalid'; save the connection anew/],
  ["keyless", /'keyless' has no 'serviceprincipalkey'; save the connection anew/],
  ["number", /'number' has no 'serviceprincipalid'; save the connection anew/],
] as const) {
  test(`what can't be used is said: ${id}`, () => {
    assert.throws(() => openConnection(id, temporary), message);
  });
}

test("an agent without tokens for workload identity federation is named", (context) => {
  delete process.env["SYSTEM_OIDCREQUESTURI"];
  context.after(() => (process.env["SYSTEM_OIDCREQUESTURI"] = "https://example.invalid/oidc"));
  assert.throws(() => openConnection("federated", temporary), /System.OidcRequestUri is not set/);
});

test("secrets are registered, and are in no other line, debug lines included", () => {
  const printed = listen();
  ["federated", "key", "certificate"].forEach((id) => openConnection(id, temporary).close());
  const lines = printed.join("").split(/\r?\n/);
  const registered = lines.filter((line) => line.startsWith("##vso[task.setsecret]"));
  assert.deepStrictEqual(
    registered.map((line) => line.slice("##vso[task.setsecret]".length)),
    secrets,
  );
  const rest = lines.filter((line) => !registered.includes(line)).join("\n");
  assert.match(rest, /##vso\[task.debug\]/);
  secrets.forEach((secret) => assert.ok(!rest.includes(secret), secret));
});

test("a missing token of the job is called that, and no service connection", () => {
  const module_ = require.resolve("../ArmguardTask/ArmguardTaskV1/src/connection");
  const script = `
    try { require(process.argv[1]).openConnection("federated", "."); }
    catch (error) { console.log(error.message); }`;
  const authorization = JSON.stringify({ parameters, scheme: "WorkloadIdentityFederation" });
  // the library forgets what it has read, so ours has no authorization any more
  const environment = {
    ...process.env,
    SYSTEM_DEBUG: "",
    ENDPOINT_AUTH_federated: authorization,
  };
  const ran = spawnSync(process.execPath, ["-e", script, module_], { env: environment });
  const printed = ran.stdout.toString();
  assert.match(printed, /^the agent gave the task no token of the job \(SystemVssConnection\)/m);
  assert.match(printed, /update the agent$/m);
  assert.doesNotMatch(printed, /service connection/);
});
