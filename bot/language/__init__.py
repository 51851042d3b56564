"""Swedish and English as they are written in mail: words, dates and numbers, without I/O."""
