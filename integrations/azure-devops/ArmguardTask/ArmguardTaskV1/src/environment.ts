// The environment that programs run in.
//
// With a service connection, variables of the job that log somebody else in are left out for
// armguard: azure-identity would prefer some of them to those of the connection.

export type Environment = Record<string, string>;

const credentials = [
  "AZURE_ADDITIONALLY_ALLOWED_TENANTS",
  "AZURE_CLIENT_CERTIFICATE_PASSWORD",
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "AZURE_CLIENT_ID",
  "AZURE_CLIENT_SECRET",
  "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
  "AZURE_FEDERATED_TOKEN_FILE",
  "AZURE_PASSWORD",
  "AZURE_TENANT_ID",
  "AZURE_TOKEN_CREDENTIALS",
  "AZURE_USERNAME",
  "AZURESUBSCRIPTION_CLIENT_ID",
  "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
  "AZURESUBSCRIPTION_TENANT_ID",
  "SYSTEM_ACCESSTOKEN",
];

export function environmentFor(
  connection: { variables: Environment } | undefined,
  job: NodeJS.ProcessEnv,
): Environment {
  if (connection === undefined) {
    return without(() => false, job);
  }
  // names have no case on Windows
  const rest = without((name) => credentials.includes(name.toUpperCase()), job);
  return { ...rest, ...connection.variables };
}

/**
 * Without PYTHONPATH and its like: they can make a Python import files of the sources, which would
 * then see the credentials. -I is not enough, for the programs that a Python starts do not have it.
 */
export function withoutPython(job: NodeJS.ProcessEnv): Environment {
  return without((name) => /^PYTHON/i.test(name), job);
}

export function without(
  isLeftOut: (name: string) => boolean,
  job: NodeJS.ProcessEnv,
): Environment {
  const all = Object.entries(job).filter((each): each is [string, string] => each[1] !== undefined);
  return Object.fromEntries(all.filter(([name]) => !isLeftOut(name)));
}
