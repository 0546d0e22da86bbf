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

var label = 'vault ${vault.name} of ${vaultName}'

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'lighthouse'
  location: location
  tags: { vault: vault.id, label: label }
  properties: {
    siteConfig: { appSettings: [{ name: 'VAULT', value: '${vault.properties.vaultUri}secrets' }] }
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'lamp'
  properties: { value: 'on', contentType: vault.properties.vaultUri }
}

output uri string = vault.properties.vaultUri
