import assert from "node:assert";
import { test } from "node:test";

import { environmentFor, withoutPython } from "../ArmguardTask/ArmguardTaskV1/src/environment";

/** What a Bicep CLI is found with, and listens to. */
const bicep = {
  HOME: "/home/agent",
  USERPROFILE: "C:\\Users\\agent",
  AZURE_CONFIG_DIR: "/home/agent/azure",
  BICEP_TRUSTED_REGISTRIES: "registry.example",
  HTTPS_PROXY: "http://proxy.example:8080",
  no_proxy: "registry.example",
};
const job = {
  PATH: "/bin",
  AZURE_CLIENT_ID: "somebody else",
  Azure_Client_Secret: "theirs",
  AZURE_CLIENT_CERTIFICATE_PATH: "their.pem",
  AZURE_TENANT_ID: "theirs",
  AZURE_USERNAME: "them",
  AZURE_FEDERATED_TOKEN_FILE: "token",
  AZURESUBSCRIPTION_CLIENT_ID: "theirs",
  SYSTEM_ACCESSTOKEN: "mapped",
  SYSTEM_OIDCREQUESTURI: "https://example.invalid/oidc",
  AZURE_AUTHORITY_HOST: "https://login.example.invalid",
  ...bicep,
};

test("without a connection armguard sees what the job sees", () => {
  assert.deepStrictEqual(environmentFor(undefined, job), job);
});

test("no variable of Python is left, and nothing else is missing", () => {
  const left = { PATH: "/bin", UV_PYTHON: "3.12", PIP_INDEX_URL: "https://index.invalid" };
  const all = { ...left, PYTHONPATH: "sources", PYTHONHOME: "sources", PythonStartup: "a.py" };
  assert.deepStrictEqual(withoutPython(all), left);
});

test("a connection leaves out who else could log in, and nothing else", () => {
  assert.deepStrictEqual(environmentFor({ variables: { AZURE_CLIENT_ID: "ours" } }, job), {
    PATH: "/bin",
    SYSTEM_OIDCREQUESTURI: "https://example.invalid/oidc",
    AZURE_AUTHORITY_HOST: "https://login.example.invalid",
    AZURE_CLIENT_ID: "ours",
    ...bicep,
  });
});
