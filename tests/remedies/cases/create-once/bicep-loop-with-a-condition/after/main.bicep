param location string = 'westeurope'
param stages array = [
  'dev'
  'prod'
]
param makesVaults bool = true
@description('true for the first deployment, which creates the Key Vault; false for all later ones: writing the vault again would replace its access policies')
param createKeyVault bool

resource vaults 'Microsoft.KeyVault/vaults@2023-07-01' = [for stage in stages: if (createKeyVault && makesVaults) {
  name: 'kv-quarry-${stage}'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enablePurgeProtection: true
    accessPolicies: []
  }
}]
