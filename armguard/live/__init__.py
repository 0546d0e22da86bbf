"""Azure as it is now: the only part that imports packages of Azure, and only commands that go
online import it.

It reads. Nothing in here can send a write, and no resource provider is ever registered.
"""
