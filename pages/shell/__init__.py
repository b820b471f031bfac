"""Around every page: menu, who is signed in, month and place in the link, language, opening of names, notices."""
