"""Mail servers, one module each, loaded only when used."""
