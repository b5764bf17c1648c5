"""Parents to practise on: who they are, how they answer, and what moves them."""
