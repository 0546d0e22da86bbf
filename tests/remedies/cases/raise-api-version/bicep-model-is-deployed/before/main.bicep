// one vault, made by a module
param stage string = 'dev'
param location string = resourceGroup().location

module secrets 'modules/vault.bicep' = {
  name: 'secrets'
  params: {
    name: 'kv-harvest'
    location: location
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
