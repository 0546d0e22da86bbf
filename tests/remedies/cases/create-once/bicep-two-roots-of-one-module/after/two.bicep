param location string = 'westeurope'
@description('true for the first deployment, which creates the Key Vault; false for all later ones: writing the vault again would replace its access policies')
param createKeyVault bool

module second 'modules/vault.bicep' = if (location != '') {
  name: 'second'
  params: { name: 'kv-two', location: location, createKeyVault: createKeyVault }
}

module third 'modules/vault.bicep' = {
  name: 'third'
  params: {
    name: 'kv-three'
    location: location // as above
    createKeyVault: createKeyVault
  }
}
