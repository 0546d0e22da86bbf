using './main.bicep'
param stage = 'prod'
param createKeyVault = false
