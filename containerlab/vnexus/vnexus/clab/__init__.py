"""A deployer for containerlab topologies, for machines where containerlab itself cannot run.

It knows the subset that a lab of switches and hosts needs (``schema.py`` says which) and refuses the rest.
Names, labels, environment, lab directory and inventories are those of containerlab, so that what works here
works there.
"""
