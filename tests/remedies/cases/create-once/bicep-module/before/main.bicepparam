using 'main.bicep'

// the first stage
param stage = 'dev'
