// The service connection as what armguard logs in with: arguments, and variables for it alone.
//
// The authorization is read as one document. The library's functions for single parameters write
// the value into the debug log.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

export interface Connection {
  arguments: string[];
  variables: Record<string, string>;
  close(): void;
}

interface Login {
  credential: string;
  variables: Record<string, string>;
  file?: string;
}

/** Throws where there is neither the parameter nor `otherwise`. */
type Parameter = (name: string, otherwise?: string) => string;

const clouds = ["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"];

/** `folder`: where a certificate may lie while armguard runs. */
export function openConnection(id: string, folder: string): Connection {
  const subscription = tl.getEndpointDataParameter(id, "SubscriptionId", true);
  if (!subscription) {
    throw new Error(
      "the service connection names no subscription (is it one of a management group?);" +
        " use one of a subscription",
    );
  }
  const place = ["--live", "--subscription", subscription, "--cloud", cloudOf(id)];
  const login = loginOf(id, folder);
  return {
    arguments: [...place, "--credential", login.credential],
    variables: login.variables,
    close: () => login.file !== undefined && rmSync(login.file, { force: true }),
  };
}

function cloudOf(id: string): string {
  const name = tl.getEndpointDataParameter(id, "environment", true) || "AzureCloud";
  const cloud = clouds.find((each) => each.toLowerCase() === name.toLowerCase());
  if (cloud === undefined) {
    throw new Error(`the service connection is for '${name}'; armguard knows ${clouds.join(", ")}`);
  }
  return cloud;
}

function loginOf(id: string, folder: string): Login {
  const name = `the service connection '${id}'`;
  const missing =
    `the pipeline may not use ${name}, or there is none; allow it in the project settings, or` +
    " correct the name";
  const { scheme, parameter } = authorization(id, name, missing);
  switch (scheme.toLowerCase()) {
    case "workloadidentityfederation":
      return federation(id, parameter);
    case "serviceprincipal":
      return servicePrincipal(parameter, folder);
    case "managedserviceidentity":
      return managedIdentity(id);
    default:
      throw new Error(
        `the service connection logs in with '${scheme}'; armguard knows workload identity` +
          " federation, service principals and managed identities",
      );
  }
}

function federation(id: string, parameter: Parameter): Login {
  if (!tl.getVariable("System.OidcRequestUri")) {
    throw new Error(
      "System.OidcRequestUri is not set, so there is no token for workload identity federation;" +
        " update the agent",
    );
  }
  return {
    credential: "azure-pipelines",
    variables: {
      AZURESUBSCRIPTION_CLIENT_ID: parameter("serviceprincipalid"),
      AZURESUBSCRIPTION_TENANT_ID: parameter("tenantid"),
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: id,
      SYSTEM_ACCESSTOKEN: tokenOfTheJob("workload identity federation"),
    },
  };
}

/** The agent hands it to every task as if it were one more service connection. `user`: what for. */
export function tokenOfTheJob(user: string): string {
  const id = "SystemVssConnection";
  const missing =
    `the agent gave the task no token of the job (${id}), which ${user} needs;` +
    " update the agent";
  return secret(authorization(id, `the agent's own ${id}`, missing).parameter("AccessToken"));
}

function servicePrincipal(parameter: Parameter, folder: string): Login {
  const variables = {
    AZURE_CLIENT_ID: parameter("serviceprincipalid"),
    AZURE_TENANT_ID: parameter("tenantid"),
  };
  if (parameter("authenticationtype", "spnKey").toLowerCase() !== "spncertificate") {
    const key = secret(parameter("serviceprincipalkey"));
    return { credential: "environment", variables: { ...variables, AZURE_CLIENT_SECRET: key } };
  }
  const file = join(folder, "service-connection.pem");
  const certificate = parameter("serviceprincipalcertificate");
  certificate
    .split(/\r?\n/)
    .filter((line) => line && !line.startsWith("-----"))
    .forEach(secret);
  writeFileSync(file, certificate, { mode: 0o600 });
  return {
    credential: "environment",
    variables: { ...variables, AZURE_CLIENT_CERTIFICATE_PATH: file },
    file,
  };
}

function managedIdentity(id: string): Login {
  const client = tl.getEndpointDataParameter(id, "msiclientId", true);
  const variables: Record<string, string> = client ? { AZURE_CLIENT_ID: client } : {};
  return { credential: "managed-identity", variables };
}

/** `name` and what is said if it is missing are for people. */
function authorization(
  id: string,
  name: string,
  missing: string,
): { scheme: string; parameter: Parameter } {
  let found: Partial<tl.EndpointAuthorization> | null | undefined;
  try {
    found = tl.getEndpointAuthorization(id, true);
  } catch {
    // the library's message quotes the document, and so its secrets
    throw new Error(`the authorization of ${name} is no JSON; ${saveAnew}`);
  }
  if (found === undefined) {
    throw new Error(missing);
  }
  if (typeof found?.scheme !== "string") {
    throw new Error(`the authorization of ${name} has no scheme; ${saveAnew}`);
  }
  const parameters = new Map<string, unknown>(
    Object.entries(found.parameters ?? {}).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const parameter: Parameter = (key, otherwise) => {
    const value = parameters.get(key.toLowerCase()) || otherwise;
    if (typeof value !== "string") {
      throw new Error(`the authorization of ${name} has no '${key}'; ${saveAnew}`);
    }
    return value;
  };
  return { scheme: found.scheme, parameter };
}

const saveAnew = "save the connection anew in the project settings";

function secret(value: string): string {
  tl.setSecret(value);
  return value;
}
