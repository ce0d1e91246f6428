"""Commands about records: what is kept, held, handed on and let go."""
