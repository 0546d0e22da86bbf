"""Deployed state: vaults, workspaces and identities as Azure has them, compared with a template.

Pure: it works on what `live` has read or on a snapshot file, without a network and without any
package of Azure.
"""
