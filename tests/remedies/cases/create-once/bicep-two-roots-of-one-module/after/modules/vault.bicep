param name string
param location string
param policies array = []
@description('true for the first deployment, which creates the Key Vault; false for all later ones: writing the vault again would replace its access policies')
param createKeyVault bool

resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = if (createKeyVault) {
  name: name
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enablePurgeProtection: true, accessPolicies: policies }
}

resource existingKv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: name
}

output id string = kv.id
output uri string = existingKv.properties.vaultUri
