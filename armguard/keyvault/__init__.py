"""The Key Vault domain: which vaults a deployment writes, and what that does to their access."""
