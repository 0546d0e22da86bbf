resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: 'kv-lighthouse' }
output id string = vault.id
