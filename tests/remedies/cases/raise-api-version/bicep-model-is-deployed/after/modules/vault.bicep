param name string
param location string
param policies array = []

resource kv 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: name
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enablePurgeProtection: true, accessPolicies: policies, enableRbacAuthorization: false }
}

output id string = kv.id
output uri string = kv.properties.vaultUri
