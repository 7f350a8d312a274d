"""Why does an agent not say what it should: signs that are looked for, and what follows from them."""
