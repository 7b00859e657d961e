"""Make and check the model: reconstruction, fit, pooling, checks. The service never imports this package."""
