param location string = resourceGroup().location
param vaultName string = 'kv-lighthouse' // shown in the portal
@description('true for the first deployment, which creates Key Vault \'kv-lighthouse\'; false for all later ones: writing the vault again would replace its access policies')
param createKeyVault bool

@description('Secrets of the lighthouse.')
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = if (createKeyVault) {
  name: vaultName
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enablePurgeProtection: true
    accessPolicies: [] // granted elsewhere
  }
}

resource existingVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

var label = 'vault ${vault.name} of ${vaultName}'

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'lighthouse'
  location: location
  tags: { vault: vault.id, label: label }
  properties: {
    siteConfig: { appSettings: [{ name: 'VAULT', value: '${existingVault.properties.vaultUri}secrets' }] }
  }
  dependsOn: [vault]
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'lamp'
  properties: { value: 'on', contentType: existingVault.properties.vaultUri }
}

output uri string = existingVault.properties.vaultUri
