param name string
param location string
param policies array = []

@onlyIfNotExists()
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enablePurgeProtection: true, accessPolicies: policies }
}

output id string = kv.id
output uri string = kv.properties.vaultUri
