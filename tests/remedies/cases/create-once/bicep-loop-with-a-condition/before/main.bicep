param location string = 'westeurope'
param stages array = [
  'dev'
  'prod'
]
param makesVaults bool = true

resource vaults 'Microsoft.KeyVault/vaults@2023-07-01' = [for stage in stages: if (makesVaults) {
  name: 'kv-quarry-${stage}'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enablePurgeProtection: true
    accessPolicies: []
  }
}]
