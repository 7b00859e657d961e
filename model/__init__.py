"""How the model is made and judged: reconstruction, fit, pooling, checks. The service never imports it."""
