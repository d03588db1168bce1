"""The HTTP interface: `/api/v1`, OpenAPI 3.1, problem+json; the console is one of its readers."""
