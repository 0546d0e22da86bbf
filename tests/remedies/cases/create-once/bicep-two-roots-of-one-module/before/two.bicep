param location string = 'westeurope'

module second 'modules/vault.bicep' = if (location != '') {
  name: 'second'
  params: { name: 'kv-two', location: location }
}

module third 'modules/vault.bicep' = {
  name: 'third'
  params: {
    name: 'kv-three'
    location: location // as above
  }
}
