"""The flows as Prefect deployments: what a home wants on the server, and what is done to bring it there."""
