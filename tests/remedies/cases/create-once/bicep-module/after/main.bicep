// one vault, made by a module
param stage string
param location string = resourceGroup().location
@description('true for the first deployment, which creates the Key Vault; false for all later ones: writing the vault again would replace its access policies')
param createKeyVault bool

module secrets 'modules/vault.bicep' = {
  name: 'secrets'
  params: {
    name: 'kv-harvest-${stage}'
    location: location
    createKeyVault: createKeyVault
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'harvest-${stage}'
  location: location
  properties: {
    siteConfig: {
      appSettings: [
        { name: 'VAULT', value: secrets.outputs.uri }
      ]
    }
  }
}
