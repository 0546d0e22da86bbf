using 'main.bicep'
param stage = 'dev'
