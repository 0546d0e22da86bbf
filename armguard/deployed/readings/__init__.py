"""What people have at hand about deployed vaults: output of the Azure CLI and of PowerShell,
answers of Azure Resource Manager, results of what-if.

One file per kind, recognized by its shape and never by its name. Only a snapshot says what was
asked for, so what another file lacks is not seen: it is never taken for absent.
"""
