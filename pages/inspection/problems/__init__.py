"""The page 问题与销号: problems until they are struck off and looked at again."""
