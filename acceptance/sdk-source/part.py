WORD = "from another file"
