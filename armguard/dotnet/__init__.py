"""What Azure's engine takes from .NET: its strings, culture, JSON, dates, numbers and URIs."""
