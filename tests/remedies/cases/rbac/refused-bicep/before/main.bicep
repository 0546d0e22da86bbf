param location string = resourceGroup().location
param vaultName string = 'kv-lighthouse' // shown in the portal

@description('Secrets of the lighthouse.')
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enablePurgeProtection: true
    accessPolicies: [] // granted elsewhere
  }
}
