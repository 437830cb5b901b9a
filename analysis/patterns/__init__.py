"""The patterns the model must reproduce, a module for each family of them."""
