"""What the product is compared with: each takes `{"text"}` and tells everybody an event of the product's shape."""
