"""Around every page: menu, who is signed in, month and place, language, opening of names, notices."""
