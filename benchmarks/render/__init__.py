"""How fast reports are rendered, against bare Typst and against WeasyPrint."""
