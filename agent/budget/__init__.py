"""What people, keys and tenants may spend a day on the model; who has spent it goes on without."""
