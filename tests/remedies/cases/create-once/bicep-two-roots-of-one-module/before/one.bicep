module first 'modules/vault.bicep' = {
  name: 'first'
  params: { name: 'kv-one', location: 'westeurope' }
}
