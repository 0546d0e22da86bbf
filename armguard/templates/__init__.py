"""A template as Azure deploys it: parameters, resources, nested deployments, outputs."""
