param location string = resourceGroup().location
param vaultName string = 'kv-lighthouse' // shown in the portal

@description('Secrets of the lighthouse.')
resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: vaultName
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enablePurgeProtection: true
    enableRbacAuthorization: false
    accessPolicies: [] // granted elsewhere
  }
}

resource grant 'Microsoft.KeyVault/vaults/accessPolicies@2026-05-15' = {
  parent: vault
  name: 'add'
  properties: { accessPolicies: [] }
}
