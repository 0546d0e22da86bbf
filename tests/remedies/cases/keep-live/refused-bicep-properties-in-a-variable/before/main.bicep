var settings = {
  tenantId: tenant().tenantId
  sku: { family: 'A', name: 'standard' }
  enablePurgeProtection: true
  accessPolicies: []
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-lighthouse'
  location: 'westeurope'
  properties: settings
}
