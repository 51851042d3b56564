"""Everything on record: the only package that imports SQLAlchemy."""
