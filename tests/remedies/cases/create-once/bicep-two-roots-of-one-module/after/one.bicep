@description('true for the first deployment, which creates the Key Vault; false for all later ones: writing the vault again would replace its access policies')
param createKeyVault bool

module first 'modules/vault.bicep' = {
  name: 'first'
  params: { name: 'kv-one', location: 'westeurope', createKeyVault: createKeyVault }
}
