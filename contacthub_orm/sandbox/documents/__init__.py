"""Documents as the server accepts and answers them: shapes, schemas, validation, errors."""
